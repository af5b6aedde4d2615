"""What the platforms of WeChat and WeCom have in common: how they sign, encrypt, call back and are called."""
