"""Settings of the installation, from the environment (``PREAU_…``) or ``var/preau.env``.

What a school or a project chooses is not here: see :mod:`preau.kernel.preferences`.
"""

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every variable an operator may set, with its default for the demo."""

    model_config = SettingsConfigDict(env_prefix="PREAU_", env_file="var/preau.env", extra="ignore")

    database: str = ""
    data: Path = Path("var")
    secret_key: str = ""
    public_url: str = "http://localhost:8080"
    secure_cookies: bool = False
    trusted_proxies: int = 0
    antivirus: str = "none"
    sendfile: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = "ent@localhost"
    max_upload_bytes: int = 2 * 1024**3
    demo: bool = False
    testing: bool = False
