"""Addresses of remotes: which are taken, and the page that opens a merge request."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.knowledge.git import RepositoryError
from bot.knowledge.remotes import Credential, Forge, Remote, read_forges

BRANCH = "caveat/add-a-phrasing-4f3a9c"


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/owner/name.git",
        "https://github.com/owner/name",
        "https://github.com/owner/name.git/",
        "git@github.com:owner/name.git",
        "github.com:owner/name",
        "ssh://git@github.com/owner/name.git",
        "ssh://git@github.com:22/owner/name.git",
        "https://GitHub.com/owner/name.git",
    ],
)
def test_github_is_known_in_every_form_of_its_address(address: str) -> None:
    link = Remote.of(address).merge_request_link(BRANCH, "main")

    assert link is not None
    assert link.replace("GitHub", "github") == (
        "https://github.com/owner/name/compare/main...caveat/add-a-phrasing-4f3a9c?expand=1"
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://gitlab.com/group/deeper/name.git",
        "git@gitlab.com:group/deeper/name.git",
        "ssh://git@gitlab.com:2222/group/deeper/name",
    ],
)
def test_gitlab_has_groups_in_groups_and_wants_both_branches(address: str) -> None:
    link = Remote.of(address).merge_request_link(BRANCH, "main")

    assert link is not None
    assert link.partition("?")[0] == "https://gitlab.com/group/deeper/name/-/merge_requests/new"
    assert parse_qs(urlsplit(link).query) == {
        "merge_request[source_branch]": [BRANCH],
        "merge_request[target_branch]": ["main"],
    }


@pytest.mark.parametrize(
    "address", ["https://codeberg.org/owner/name.git", "git@codeberg.org:owner/name.git"]
)
def test_forgejo_compares_two_branches(address: str) -> None:
    assert Remote.of(address).merge_request_link(BRANCH, "trunk") == (
        "https://codeberg.org/owner/name/compare/trunk...caveat/add-a-phrasing-4f3a9c"
    )


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://git.example.org:3000/o/n.git", "https://git.example.org:3000/o/n/compare/main...caveat/x"),
        ("http://git.example.org/o/n", "http://git.example.org/o/n/compare/main...caveat/x"),
        ("ssh://forgejo@git.example.org:2222/o/n.git", "https://git.example.org/o/n/compare/main...caveat/x"),
        ("git@git.example.org:o/n.git", "https://git.example.org/o/n/compare/main...caveat/x"),
        (
            "https://git.example.org/forge/o/n.git",
            "https://git.example.org/forge/o/n/compare/main...caveat/x",
        ),
    ],
)
def test_a_forge_on_a_host_of_its_own_is_known_by_a_setting(address: str, link: str) -> None:
    forges = read_forges("git.example.org=forgejo")

    assert Remote.of(address).merge_request_link("caveat/x", "main", forges) == link
    assert Remote.of(address).merge_request_link("caveat/x", "main") is None


def test_a_host_that_is_called_after_its_forge_needs_no_setting() -> None:
    link = Remote.of("git@gitlab.example.org:o/n.git").merge_request_link("caveat/x", "main")

    assert link is not None
    assert link.startswith("https://gitlab.example.org/o/n/-/merge_requests/new?")


@pytest.mark.parametrize(
    "address", ["/srv/git/name.git", "file:///srv/git/name.git", "git://git.example.org/n.git"]
)
def test_a_remote_without_a_page_has_no_link(address: str) -> None:
    assert Remote.of(address).merge_request_link(BRANCH, "main") is None


def test_odd_characters_of_a_branch_are_spelt_out_in_a_link() -> None:
    link = Remote.of("https://github.com/o/n").merge_request_link("caveat/a#b?c d", "größe")

    assert link == "https://github.com/o/n/compare/gr%C3%B6%C3%9Fe...caveat/a%23b%3Fc%20d?expand=1"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "relative/path",
        "--upload-pack=touch",
        "-o",
        "ext::sh -c touch",
        "ftp://a/b",
        "https://[x/y",
        "https://a b/c",
        "a:b\nc",
        "host:",
    ],
)
def test_what_is_no_address_is_refused_with_how_to_write_one(address: str) -> None:
    with pytest.raises(RepositoryError, match="the remote is no address: write https://"):
        Remote.of(address)


def test_the_forges_of_a_setting_join_those_that_are_known() -> None:
    forges = read_forges(" git.example.org = Forgejo , code.example.net=gitlab,")

    assert forges["git.example.org"] is Forge.FORGEJO
    assert forges["code.example.net"] is Forge.GITLAB
    assert forges["github.com"] is Forge.GITHUB
    assert read_forges("") == {name: forge for name, forge in forges.items() if "example" not in name}


@pytest.mark.parametrize("text", ["git.example.org", "git.example.org=svn", "=gitlab", "https://a=gitlab"])
def test_a_wrong_setting_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no forge: write host=kind, such as git\.example\.org=forgejo"):
        read_forges(text)


def test_ssh_never_asks_and_takes_a_key_of_its_own() -> None:
    command = Remote.of("git@example.org:a/b").ssh_command(
        Credential(Path("/run/my secrets/key")), Path("/d/known")
    )

    assert "BatchMode=yes" in command
    assert "'/run/my secrets/key'" in command
    assert "IdentitiesOnly=yes" in command
    assert "StrictHostKeyChecking=accept-new" in command
