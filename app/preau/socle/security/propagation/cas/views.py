"""The addresses of CAS. The browser's: ``/cas/login``, ``/cas/logout``; the partners' servers': the others."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import now
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import me, render_page, signed_in
from preau.socle.security.authentication import sessions, signin
from preau.socle.security.propagation import signing_on, tickets
from preau.socle.security.propagation.addresses import with_query
from preau.socle.security.propagation.cas import answers, saml11
from preau.socle.security.propagation.cas.validation import Asked, Failure, proxy_ticket, validate
from preau.socle.security.propagation.entering import Entry, entry, partner_at
from preau.web.security_headers import csrf

blueprint = Blueprint("cas", __name__, url_prefix="/cas", template_folder="../templates")
PUBLIC = frozenset(
    f"cas.{name}"
    for name in (
        "login",
        "logout",
        "logout_submit",
        "validate_first",
        "service_validate",
        "proxy_validate",
        "service_validate_third",
        "proxy_validate_third",
        "proxy",
        "saml_validate",
    )
)
# A sign-in this recent is one made for the partner that asks to renew it.
FRESH = timedelta(minutes=2)


@blueprint.get("/login")
def login() -> BaseResponse:
    """Send the browser back to the partner with a ticket, after a sign-in when there is none yet."""
    service = request.args.get("service", "")
    if not service:
        return redirect("/", 303)
    partner = partner_at(service)
    if partner is None:
        return render_page("partners/unknown.html", 403)
    if not signed_in():
        if _flag("gateway") and not _flag("renew"):
            return redirect(service, 303)
        return redirect(url_for("authentication.sign_in", next=request.full_path), 303)
    return _enter(entry(me(), partner), service)


def _enter(door: Entry, service: str) -> BaseResponse:
    if g.session_row.data.get("steps"):
        return redirect("/", 303)
    if not door.is_open:
        return render_page("partners/closed.html", 403, partner=door.partner)
    if not door.strong_enough(me()):
        session["wanted_level"] = door.partner.level
        return redirect(url_for("authentication.step_up", next=request.full_path), 303)
    if _flag("renew") and not _is_fresh():
        return _prove_again()
    return _go_back(door, service)


def _prove_again() -> BaseResponse:
    if me().level >= AuthenticationLevel.PASSWORD:
        session["wanted_level"] = int(AuthenticationLevel.PASSWORD)
        return redirect(url_for("authentication.step_up", next=request.full_path), 303)
    # Pictures are shown at the door only: the pupil goes through it again.
    response = redirect(url_for("authentication.sign_in", next=request.full_path), 303)
    return close_here(response)


def _go_back(door: Entry, service: str) -> BaseResponse:
    ticket = signing_on.send(me(), g.session_row, door, service, fresh=_is_fresh())
    if request.args.get("method", "").upper() == "POST":
        return _leaving("partners/post.html", door, address=service, ticket=ticket)
    address = with_query(service, ticket=ticket)
    if _is_fresh():
        # A form led here, and browsers forbid that it redirects to another site (CSP form-action): one page between.
        answer = _leaving("partners/leaving.html", door, address=address)
        answer.headers["Refresh"] = f"0; url={address}"
        return answer
    return _never_kept(redirect(address, 303))


def _leaving(template: str, door: Entry, **context: Any) -> BaseResponse:
    return _never_kept(render_page(template, partner=door.partner, **context))


def _never_kept(answer: BaseResponse) -> BaseResponse:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _is_fresh() -> bool:
    return bool(now() - g.session_row.proved_at < FRESH)


@blueprint.get("/logout")
def logout() -> BaseResponse:
    """Ask before signing out: a link in somebody's page must not do it. ``service`` is where one goes next."""
    target = request.args.get("service") or request.args.get("url") or ""
    partner = partner_at(target) if target else None
    if not signed_in():
        return redirect(target if partner else "/", 303)
    return render_page("partners/logout.html", partner=partner, target=target if partner else "")


@blueprint.post("/logout")
def logout_submit() -> BaseResponse:
    """Sign out here and at every partner visited, then go back to the one that asked."""
    target = request.form.get("service", "")
    partner = partner_at(target) if target else None
    answer = render_page("partners/signed_out.html", partner=partner, target=target)
    if signed_in():
        close_here(answer)
    if partner:
        answer.headers["Refresh"] = f"2; url={target}"
    return _never_kept(answer)


def close_here(response: BaseResponse) -> BaseResponse:
    """End the session of this browser."""
    signin.sign_out(me())
    sessions.close(g.session_row)
    session.clear()
    sessions.clear_cookie(response)
    return response


@blueprint.get("/validate")
def validate_first() -> Response:
    """CAS 1: two lines of text."""
    try:
        proof, _handle = validate(_asked(), tickets.SERVICE)
    except Failure:
        return _text("no\n\n")
    return _text(f"yes\n{proof.user}\n")


@blueprint.get("/serviceValidate")
def service_validate() -> Response:
    """CAS 2: a service ticket."""
    return _checked(third=False, kinds=(tickets.SERVICE,))


@blueprint.get("/proxyValidate")
def proxy_validate() -> Response:
    """CAS 2: a service or proxy ticket."""
    return _checked(third=False, kinds=(tickets.SERVICE, tickets.PROXY))


@blueprint.get("/p3/serviceValidate")
def service_validate_third() -> Response:
    """CAS 3: a service ticket, with attributes."""
    return _checked(third=True, kinds=(tickets.SERVICE,))


@blueprint.get("/p3/proxyValidate")
def proxy_validate_third() -> Response:
    """CAS 3: a service or proxy ticket, with attributes."""
    return _checked(third=True, kinds=(tickets.SERVICE, tickets.PROXY))


def _checked(*, third: bool, kinds: tuple[str, ...]) -> Response:
    try:
        proof, handle = validate(_asked(), *kinds)
    except Failure as refused:
        return _answer(answers.failure(refused.code, refused.message))
    return _answer(answers.success(proof, third=third, granting=handle))


@blueprint.get("/proxy")
def proxy() -> Response:
    """A proxy ticket for another partner."""
    origin = request.remote_addr or ""
    try:
        ticket = proxy_ticket(request.args.get("pgt", ""), request.args.get("targetService", ""), origin)
    except Failure as refused:
        return _answer(answers.failure(refused.code, refused.message, "proxyFailure"))
    return _answer({"proxySuccess": {"proxyTicket": ticket}})


@blueprint.post("/samlValidate")
@csrf.exempt  # type: ignore[untyped-decorator]  # a server posts it, without a session
def saml_validate() -> Response:
    """The SAML 1.1 form of a validation (phpCAS, mod_auth_cas)."""
    target = request.args.get("TARGET", "")
    issuer = request.host_url.rstrip("/")
    called = ""
    try:
        text, called = saml11.ticket_in(request.get_data(cache=False))
        proof, _handle = validate(Asked(target, text, origin=request.remote_addr or ""), tickets.SERVICE)
    except ValueError:
        return _xml(saml11.answer(None, issuer, target, called, _("Requête illisible.")))
    except Failure as refused:
        return _xml(saml11.answer(None, issuer, target, called, f"{refused.code}: {refused.message}"))
    return _xml(saml11.answer(proof, issuer, target, called))


def _asked() -> Asked:
    return Asked(
        service=request.args.get("service", ""),
        ticket=request.args.get("ticket", ""),
        renew=_flag("renew"),
        callback=request.args.get("pgtUrl", ""),
        origin=request.remote_addr or "",
    )


def _flag(name: str) -> bool:
    return request.args.get(name, "").lower() not in ("", "false")


def _answer(answer: dict[str, object]) -> Response:
    if request.args.get("format", "").upper() == "JSON":
        response = jsonify(serviceResponse=answer)
        response.headers["Cache-Control"] = "no-store"
        return response
    return _xml(answers.as_xml(answer))


def _xml(body: bytes) -> Response:
    response = make_response(body)
    response.mimetype = "text/xml"
    response.headers["Cache-Control"] = "no-store"
    return response


def _text(body: str) -> Response:
    response = make_response(body)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
