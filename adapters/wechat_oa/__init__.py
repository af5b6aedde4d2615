"""WeChat Official Accounts (服务号) and mini-programs: signed deliveries in, customer-service messages out."""
