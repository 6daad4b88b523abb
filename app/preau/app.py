"""The composition root: the only place that knows every service."""

import gc
import secrets
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from preau.kernel import api, channels, i18n, inputs, rights, statistics
from preau.kernel.adapters.mail_embedded import EmbeddedMail
from preau.kernel.adapters.mail_smtp import Server, SmtpMail
from preau.kernel.contract import Service, registry
from preau.kernel.database import db, engines
from preau.kernel.mounts import Mounts
from preau.kernel.ports import mail_out
from preau.services_list import SERVICES
from preau.settings import Settings
from preau.socle.security import web as door
from preau.socle.security.authentication import sessions
from preau.web import addresses, assets, errors, pwa, security_headers, shell, ui
from preau.web.encrypted import OnlyEncrypted


def create_app(settings: Settings | None = None, services: tuple[Service, ...] = SERVICES) -> Flask:
    """The ENT as a WSGI application, on the PostgreSQL that the settings name."""
    settings = settings or Settings()
    app = Flask(
        "preau", template_folder="web/templates", static_folder="web/static", static_url_path="/static"
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key or _kept_secret(settings.data),
        SQLALCHEMY_ENGINES=engines(settings.database),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024**2,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        # Over HTTPS no neighbouring host can plant it (RFC 6265bis).
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        TEMPLATES_AUTO_RELOAD=False,
        TESTING=settings.testing,
        WTF_CSRF_ENABLED=not settings.testing,
        WTF_CSRF_TIME_LIMIT=None,
    )
    protocols = {prefix: build(app) for service in services for prefix, build in service.mounts}
    app.wsgi_app = Mounts(app.wsgi_app, protocols)  # type: ignore[method-assign]
    if settings.secure_cookies:
        app.wsgi_app = OnlyEncrypted(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    mail_out.provide(outgoing(settings))
    registry.fill(services)
    for service in registry:
        for model, access in service.access.items():
            rights.guard(model, access)
    _init_web(app)
    for service in registry:
        for blueprint in service.blueprints:
            app.register_blueprint(blueprint)
        for ready in service.on_ready:
            ready()
    return app


def outgoing(settings: Settings) -> mail_out.MailOut:
    """By what mail leaves: the server that the settings name, nothing in the demonstration."""
    if settings.demo or not settings.smtp_host:
        return EmbeddedMail()
    return SmtpMail(
        Server(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.mail_from,
        )
    )


def _init_web(app: Flask) -> None:
    i18n.init_app(app)
    inputs.init_app(app)
    app.before_request(sessions.load)
    door.init_app(app)
    for part in (addresses, assets, ui, security_headers, errors, shell, pwa):
        part.init_app(app)
    api.init_app(app)
    channels.init_app(app)
    statistics.init_app(app)


def _kept_secret(directory: Path) -> str:
    path = directory / "secret_key"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def wsgi() -> Any:
    """What a WSGI server loads: ``preau.app:wsgi()``."""
    app = create_app()
    # What was made to start lives as long as the process: no collection has to walk through it again.
    gc.collect()
    gc.freeze()
    return app
