from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from audit.security.security import Type, record_event
from audit.trail.actions import record_action
from characters.admin.lists import ReadOnlyAdmin
from characters.cards import CardRefused, read, read_stream
from characters.cards.carrying import said
from characters.cards.reading import LARGEST_BULK
from characters.models import CardSource, Character
from conversations.card_preview import preview
from conversations.cards import export, export_all, import_card, usual_rooms
from conversations.models import Channel

WAITS = dt.timedelta(days=1)  # what was uploaded and never confirmed goes then


@admin.register(CardSource)
class CardSourceAdmin(ReadOnlyAdmin[CardSource]):
    """The cards that characters came from; here more are brought in, and written out."""

    list_display = ["label", "character", "format", "imported_at"]
    list_filter = ["format"]
    search_fields = ["label", "character__name"]
    list_select_related = ["character"]
    fields = ["label", "character", "format", "sha256", "imported_at"]
    heavy = ["content"]
    icon = "badge"
    shelf = "characters"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those that have come; what waits is seen on its own page."""
        return super().get_queryset(request).filter(character__isnull=False).defer("content")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may make characters may bring cards."""
        return bool(request.user.has_perm("characters.add_character"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """A card is added by its file."""
        return HttpResponseRedirect(reverse("admin:card_import"))

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: bringing in, looking at what was brought, and writing out."""
        upload = csrf_exempt(self.upload)  # checked within, once the size is known
        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(upload), name="card_import"),
            path("import/<uuid:batch>/", wrap(self.confirm), name="card_confirm"),
            path("export/", wrap(self.write_out), name="card_export"),
            *super().get_urls(),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take files in, to be looked at. A body that is too large is not even read."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.method == "POST" and (
            not length.isdigit() or int(length) > LARGEST_BULK + 10_000
        ):
            said = f"The upload is larger than {LARGEST_BULK:,} bytes: split it."
            record_event(Type.FILE_REFUSED, data={"bytes": length[:20], "why": [said]})
            return self._page(request, "card_import.html", {"problems": [said]}, status=413)
        return csrf_protect(self._upload)(request)

    def _upload(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._page(request, "card_import.html", {})
        batch, now = uuid.uuid4(), timezone.now()
        problems: list[str] = []
        CardSource.objects.filter(character=None, imported_at__lt=now - WAITS).delete()
        waiting: list[CardSource] = []
        try:
            uploads = request.FILES.getlist("files")
        except RequestDataTooBig:
            uploads = []
        for one in uploads:
            try:
                found, wrong = read_stream(one, one.size or 0, one.name or "card")
            except CardRefused as refused:
                wrong, found = list(refused.problems), []
            problems += wrong
            if wrong:
                record_event(
                    Type.FILE_REFUSED,
                    data={
                        "file": (one.name or "")[:200],
                        "why": [text[:300] for text in wrong[:5]],
                    },
                )
            waiting += [
                CardSource(
                    label=file.label[-300:],
                    format=file.format,
                    content=file.original,
                    sha256=hashlib.sha256(file.original).hexdigest(),
                    imported_at=now,
                    batch=batch,
                )
                for file in found
            ]
        if not uploads:
            problems.append("No file was chosen: give JSON, PNG, CHARX, or a zip of them.")
        if not waiting:
            return self._page(request, "card_import.html", {"problems": problems}, status=400)
        CardSource.objects.bulk_create(waiting)
        for problem in problems:
            self.message_user(request, problem, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:card_confirm", args=[batch]))

    def confirm(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        """Show what each becomes; and, when that is confirmed, let them come."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        waiting = list(CardSource.objects.filter(batch=batch, character=None).order_by("pk"))
        if not waiting:
            raise Http404("Nothing waits here any more: upload it again.")
        files = [(one, read(bytes(one.content), one.label)) for one in waiting]
        if request.method == "POST":
            return self._take(request, files)
        rooms = Channel.objects.filter(is_direct=False).order_by("name")
        usual = {room.pk for room in usual_rooms()}
        shown = [(one, preview(file)) for one, file in files]
        context = {
            "cards": shown,
            "rooms": [(room, room.pk in usual) for room in rooms],
            "cost": sum(not look.is_lorebook for _, look in shown),
        }
        return self._page(request, "card_confirm.html", context)

    def _take(self, request: HttpRequest, files: list[tuple[CardSource, Any]]) -> HttpResponse:
        rooms = Channel.objects.filter(
            pk__in=[pk for pk in request.POST.getlist("rooms") if pk.isdecimal()], is_direct=False
        )
        status = Character.Status.PAUSED if request.POST.get("paused") else Character.Status.ACTIVE
        came: list[Character] = []
        for row, file in files:
            if not request.POST.get(f"take_{row.pk}"):
                row.delete()
                continue
            name = request.POST.get(f"name_{row.pk}", "")[:200].replace("\0", "").strip()
            replaced = None
            if request.POST.get(f"replace_{row.pk}"):
                replaced = Character.objects.filter(name__iexact=name or file.name).first()
                if replaced and not request.user.has_perm("characters.change_character"):
                    raise PermissionDenied
            try:
                done = import_card(
                    file, timezone.now(), name=name, replaced=replaced, status=status, rooms=rooms
                )
            except CardRefused as refused:
                self.message_user(request, str(refused), messages.ERROR)
                continue
            row.delete()
            if done.character is not None:
                came.append(done.character)
            said = "; ".join([f"{done.title} has come", *done.notes])
            self.message_user(request, f"{said}.", messages.SUCCESS)
        if came:
            _log(request, came, ADDITION, "Imported from a card.")
        if CardSource.objects.filter(batch=files[0][0].batch, character=None).exists():
            return HttpResponseRedirect(request.path)
        if len(came) == 1:
            return HttpResponseRedirect(
                reverse("admin:characters_character_change", args=[came[0].pk])
            )
        return HttpResponseRedirect(reverse("admin:characters_character_changelist"))

    def write_out(self, request: HttpRequest) -> HttpResponse:
        """One character's card, or a zip of several: `ids`, `format` and `spec` say which."""
        if not request.user.has_perm("characters.view_character"):
            raise PermissionDenied
        ids = [int(pk) for pk in request.GET.get("ids", "").split(",") if pk.isdecimal()][:500]
        form = request.GET.get("format", "png")
        asked = request.GET.get("spec", "")
        spec = int(asked) if asked.isdecimal() else 0
        found = list(Character.objects.filter(pk__in=ids).order_by("name"))
        if not found:
            raise Http404("Nobody was chosen.")
        try:
            if len(found) == 1:
                made = export(found[0], timezone.now(), form=form, spec=spec)
                name, content, kind = made.filename, made.content, made.content_type
                if made.notes:
                    told = said(found[0].name, made.notes)
                    self.message_user(request, told, messages.WARNING)
            else:
                content = export_all(found, timezone.now(), form=form, spec=spec)
                name, kind = "characters.zip", "application/zip"
        except CardRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:characters_character_changelist"))
        _log(request, found, CHANGE, f"Exported as a card ({form}).")
        answer = HttpResponse(content, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "title": "Import character cards",
            **context,
        }
        return render(request, f"admin/characters/{template}", whole, status=status)


def _log(request: HttpRequest, rows: list[Character], flag: int, what: str) -> None:
    """Into the keepers' log of the characters, where whoever asks after one will look."""
    LogEntry.objects.log_actions(request.user.pk or 0, rows, flag, change_message=what)
    act = "card.import" if flag == ADDITION else "card.export"
    for row in rows:
        record_action(act, row, changes={"what": what}, request=request)
