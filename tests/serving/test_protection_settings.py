"""What an operator sets, without a server."""

from types import SimpleNamespace

import pytest
from traitlets import TraitError

from lively.serving.http.protection import Protection, script_hash
from lively.serving.http.request_filters import UnsafePathMatcher

LOOPBACK = ["127.0.0.1", "localhost", "::1"]


def test_names_are_compared_without_ports_case_and_the_last_dot():
    protection = Protection("127.0.0.1", None, hosts=["pages.example"])
    for host in ("pages.example", "PAGES.example:80", "pages.example.", "localhost", "[::1]:1"):
        assert protection.allows(host), host
    for host in (
        "",
        ":80",
        "a.pages.example",
        "pages.example.evil",
        "pages.example:x",
        "[::1",
        "*",
    ):
        assert not protection.allows(host), host
    assert Protection("127.0.0.1", None, hosts=["*"]).allows("any.example")


@pytest.mark.parametrize(
    ("written", "asked"),
    {
        "Pages.Example": "pages.example:8866",
        " pages.example. ": "PAGES.example",
        "2001:DB8::1": "[2001:db8::1]",
        "[2001:db8:0:0::1]": "[2001:db8::1]:8866",
        "192.168.0.1": "192.168.0.1:80",
        "Bücher.example": "xn--bcher-kva.example",
    }.items(),
)
def test_a_name_may_be_written_as_people_write_it(written, asked):
    protection = Protection("127.0.0.1", None, hosts=[written])
    assert protection.allows(asked)
    assert not protection.allows("other.example")
    assert not protection.allows("[2001:db8::2]")


@pytest.mark.parametrize("host", ["", "pages.example:8866", "http://pages.example", "a b", "/"])
def test_what_is_no_name_is_refused_when_it_is_set(host):
    with pytest.raises(TraitError, match="hosts must be names"):
        Protection("127.0.0.1", None, hosts=[host])


@pytest.mark.parametrize("ip", [*LOOPBACK, "", "0.0.0.0", "::", "192.168.0.1"])
def test_without_a_list_it_depends_on_who_can_reach_the_server(ip):
    assert Protection(ip, None).allows("any.example") == (ip not in LOOPBACK)
    assert not Protection(ip, None, hosts=["one.example"]).allows("any.example")


@pytest.mark.parametrize("name", ["frame_ancestors", "script_sources"])
@pytest.mark.parametrize("source", ["", "a b", "a;script-src *", "a,b", "a\nb"])
def test_a_source_adds_nothing_but_itself(name, source):
    with pytest.raises(TraitError, match=f"{name} must be sources without"):
        Protection("", None, **{name: [source]})


def test_the_policy_follows_the_template(tmp_path):
    template = tmp_path / "index.html.j2"
    template.write_text('<script>a = 1</script><script src="b"></script><script>c = 2</script>')
    protection = Protection("", template)
    for script in ("a = 1", "c = 2", "window.voila_heartbeat()"):
        assert script_hash(script) in protection.policy()
    assert "unsafe-eval" not in protection.policy()
    template.write_text("<script>another = 1</script>")
    assert script_hash("another = 1") in protection.policy()
    assert script_hash("a = 1") not in protection.policy()
    # Known by its hash, as browsers compute it.
    assert script_hash("alert(1)") == "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"


def test_words_of_the_policy_need_no_quotes():
    template_of_others = Protection("", None, frame_ancestors=["none"])
    assert template_of_others.policy().endswith("frame-ancestors 'none'")
    assert "'unsafe-inline' 'unsafe-eval'" in template_of_others.policy()
    assert Protection("", None, frame_ancestors=[]).policy().endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("path", "odd"),
    {
        "/x/voila/templates/lively/static/page.css": False,
        "/x/voila/templates/lively/static/a/./b.css": False,
        "/x/voila/labextensions/anywidget/./static/remoteEntry.js": False,
        "/x/voila/render/a..b.ipynb": False,
        "/x/voila/templates": True,
        "/x/voila/templates/lively/static/": True,
        "/x/voila/templates/./static/page.css": True,
        "/x/voila/templates/lively/./static/page.css": True,
        "/x/voila/tree/..": True,
        "/x/voila/tree/%2e%2E/a": True,
        "/x/a%0Ab": True,
        "/x/a%7fb": True,
        "/x/" + "a" * 256: True,
        "/x/" + "a" * 255: False,
    }.items(),
)
def test_which_addresses_are_odd(path, odd):
    found = UnsafePathMatcher("/x/").match(SimpleNamespace(path=path))
    assert (found is not None) == odd
