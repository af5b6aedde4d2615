"""What a message names: places, products, couriers, orders, dates, numbers, money, measurements."""
