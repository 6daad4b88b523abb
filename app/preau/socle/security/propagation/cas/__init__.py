"""CAS 1, 2 and 3: sign-on, validation, proxies, SAML 1.1 answers, single sign-out (Apereo CAS protocol 3.0.3)."""
