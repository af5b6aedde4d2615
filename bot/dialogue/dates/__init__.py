"""Which dates a buyer means by 明天, 周五前 or 国庆."""
