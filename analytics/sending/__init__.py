"""A message in, and out comes whether it was sent, or why not: mail and webhooks.

    message.py      what is sent, and what became of it
    channel.py      where it is sent, as a TOML file says it; secrets.py: the passwords and addresses, from the environment
    mail.py         by SMTP; webhook.py: by HTTP; shapes.py: as JSON, for Slack and for Teams
    plain_text.py   texts from logs as nothing but text
    deadline.py     the end of a conversation that does not end

Sending never raises. What a library says about an error may hold a password or the address of a webhook, so no text of a library
is passed on: every reason is in our own words.
"""
