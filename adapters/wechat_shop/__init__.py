"""WeChat Shops (微信小店) whose chats go to the shop's own program (自研客服): encrypted JSON in, calls out."""
