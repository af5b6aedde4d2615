"""Private messages of Douyin business accounts (抖音开放平台 私信): signed JSON in, calls out."""
