"""What browsers, platforms and supervisors see. Handlers only translate: HTTP in, an action, HTTP out."""
