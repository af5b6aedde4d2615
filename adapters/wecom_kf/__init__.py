"""WeCom's customer service for WeChat users (微信客服): told that something is new, then asked for it page by page."""
