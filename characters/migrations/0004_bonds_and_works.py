import django.db.models.deletion
from django.db import migrations, models

from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [("characters", "0010_moods_rest_since")]

    dependencies = [
        ("characters", "0003_growth"),
        ("conversations", "0003_turns"),
    ]

    operations = together(
        migrations.CreateModel(
            name="RelationshipEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relationship",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="characters.relationship",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("exchange", "Exchange"),
                            ("reaction", "Reaction"),
                            ("milestone", "Milestone"),
                            ("repair", "Repair"),
                            ("decay", "Decay"),
                            ("admin", "Admin"),
                        ],
                        max_length=10,
                    ),
                ),
                ("delta_trust", models.FloatField(default=0.0)),
                ("delta_affection", models.FloatField(default=0.0)),
                ("delta_attunement", models.FloatField(default=0.0)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("cause", models.CharField(max_length=300)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.message",
                    ),
                ),
                ("milestone", models.CharField(blank=True, default="", max_length=40)),
                (
                    "reaction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.reaction",
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-occurred_at"],
                "indexes": [
                    models.Index(fields=["relationship", "-occurred_at"], name="relevent_recent")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["exchange", "reaction", "milestone", "repair", "decay", "admin"],
                            )
                        ),
                        name="relationshipevent_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("milestone", ""), _negated=True),
                        fields=("relationship", "milestone"),
                        name="relationshipevent_milestone_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreativeProject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("title", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("poem", "Poem"),
                            ("story", "Story"),
                            ("song", "Song"),
                            ("letter", "Letter"),
                            ("essay", "Essay"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("finished", "Finished"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("description", models.TextField(blank=True)),
                (
                    "theme",
                    models.CharField(
                        blank=True, help_text="What moved its starter to it.", max_length=200
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="projects_started",
                        to="characters.character",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.community",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        help_text="The talk that it came from.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="project",
                        to="characters.workspacefile",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "members",
                    models.ManyToManyField(
                        related_name="projects",
                        through="characters.ProjectMember",
                        to="characters.character",
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["poem", "story", "song", "letter", "essay"])
                        ),
                        name="creativeproject_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "finished", "dropped"])),
                        name="creativeproject_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("status", "finished")),
                            models.Q(
                                models.Q(("status", "finished"), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="creativeproject_finished_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contributions",
                        to="characters.creativeproject",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contributions",
                        to="characters.character",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.TextField()),
                ("accepted", models.BooleanField(blank=True, null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True, help_text="Why it was taken, or not.", max_length=200
                    ),
                ),
                ("contributed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "from_messages",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="conversations.message"
                    ),
                ),
            ],
            options={
                "ordering": ["project", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number"), name="contribution_unique_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted__isnull", True), ("decided_at__isnull", True)),
                            models.Q(("accepted__isnull", False), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="contribution_decided_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="characters.creativeproject",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="project_parts",
                        to="characters.character",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("invited_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["project", "invited_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["invited", "accepted", "declined"])),
                        name="projectmember_status_known",
                    ),
                    models.UniqueConstraint(
                        fields=("project", "character"), name="projectmember_unique"
                    ),
                ],
            },
        ),
    )
