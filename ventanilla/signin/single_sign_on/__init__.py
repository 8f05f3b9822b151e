"""Single sign-on by OpenID Connect: what is spoken with a provider. Whom its word lets in, commands/arriving.py decides."""
