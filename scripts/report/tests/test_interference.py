"""The interference matrix: who stands where, what a cell says, and that nothing of it leaks into other figures."""

import math

import pytest

from report import interference, model, one, reader, style
from report.neighbours import Neighbours, Side
from report.tests.fixtures import invent, make


@pytest.fixture
def found(runs_of):
    return Neighbours(*runs_of("neighbours"))


def written(tmp_path, lines):
    path = tmp_path / "run.jsonl"
    path.write_bytes(invent.written(lines))
    return model.Run(reader.read(path))


def test_rows_are_by_sensitivity_and_columns_by_harm(found):
    assert found.subjects == ["ck-ticket", "matrix", "mutex", "sha256d", "tcp-echo"]
    assert [round(found.harm(c), 1) for c in found.columns] == sorted(
        [round(found.harm(c), 1) for c in found.columns], reverse=True
    )
    assert len(found.cells) == len(make.BESIDE)


def test_settings_name_a_companion_only_where_they_differ(found):
    assert "memory mib=1" in found.columns and "memory mib=64" in found.columns and "sha256d" in found.columns


def test_a_cell_is_the_median_over_blocks_of_alone_over_beside():
    side = Side("a", [{"companion": None, "throughput_ratio": r} for r in (0.5, 0.25, 0.2, None)])
    assert side.slowdown.median == 4 and side.slowdown.n == 3 and side.loss.median == 0.75
    assert not side.slowdown.known  # below six blocks


def test_who_does_nothing_any_more_is_infinitely_slow():
    side = Side("a", [{"throughput_ratio": 0}] * 6)
    assert math.isinf(side.slowdown.median) and interference.slow(side.slowdown.median) == "∞"
    assert interference.step(math.inf) == ("heat-6", "page")


def test_starvation_needs_a_low_share_and_an_episode_or_a_starved_contender():
    def side(**more):
        return Side("a", [more] * 6)

    assert side(starved_beside=1).starved("beside")
    assert side(minimum_share_beside_ratio=0.3, starvation_episodes_beside=2).starved("beside")
    assert not side(minimum_share_beside_ratio=0.3, starvation_episodes_beside=0).starved("beside")
    assert not side(minimum_share_beside_ratio=0.7, starvation_episodes_beside=2).starved("beside")
    assert not side(starved_beside=1).starved("alone")


def test_the_headline_is_the_pair_that_loses_most_and_who_starves_only_beside_it(runs_of):
    report = one.Report(*runs_of("neighbours"))
    assert report.headline.title == "Beside sha256d, ck-ticket does nothing any more."
    assert report.headline.lede[0].startswith("Starved only in company: ck-ticket beside sha256d")
    assert report.leading().kind == "interference"


def test_nothing_is_claimed_that_the_interval_does_not_carry(tmp_path):
    lines = make.neighbours()
    for i, line in enumerate(e for e in lines if e.get("interference")):
        line["interference"]["parties"][0].update(throughput_ratio=0.6 if i % 3 else 1.2, starved_beside=0)
    assert interference.title(Neighbours(written(tmp_path, lines))).startswith("No workload is shown")


def test_two_trials_show_nothing(tmp_path):
    lines = [e for e in make.neighbours() if e["record"] != "trial" or e["block"] < 2]
    found = Neighbours(written(tmp_path, lines))
    assert interference.title(found) == "2\u00a0trials of each pair are too few to show who is slowed down"
    assert interference.lede(found) == []


def test_what_one_gains_does_not_hide_what_another_loses(tmp_path):
    lines = make.neighbours()
    for line in lines:
        if line.get("interference") and line["interference"]["parties"][0]["workload"] == "tcp-echo":
            line["interference"]["parties"][0]["throughput_ratio"] = 50.0
    found = Neighbours(written(tmp_path, lines))
    assert found.sensitivity("tcp-echo") == 0 and all(found.harm(c) > 0 for c in found.columns)


def test_a_point_beside_others_is_named_so_and_alone_trials_are_not_counted(runs_of):
    (run,) = runs_of("neighbours")
    labels = {p.label for panel in run.panels for p in panel.points}
    assert "mutex beside memory ×2" in labels and "mutex" not in labels
    assert all(p.n == 6 for panel in run.panels for p in panel.points)
    text, _ = one.render(run)
    assert "more served them: the same workload, or its companion, alone." in text


def test_the_same_workload_measured_alone_keeps_its_figures_and_the_matrix_has_a_section(tmp_path):
    lines = make.tour()
    beside = [e for e in make.neighbours() if e["record"] == "trial" and e["workload"] == "mutex"]
    for e in beside:
        e["trial"] += 10_000
        e["of"] = e["of"] + 10_000 if e["of"] is not None else None
    for e in [e for e in make.neighbours() if e.get("interference")]:
        if e["interference"]["parties"][0]["workload"] == "mutex":
            e["interference"]["of"] += 10_000
            beside.append(dict(e, trial=e["trial"] + 20_000, of=e["of"] + 10_000))
    run = written(tmp_path, lines + beside)
    report = one.Report(run)
    assert not report.about_neighbours and "mutex" in report.neighbours.subjects
    assert {p.n for panel in run.panels for p in panel.points if p.workload == "mutex" and not p.beside} == {3}
    text, _ = one.render(run)
    assert 'id="neighbours"' in text
    assert "interference" in [f.kind for f in report.everything()]


def test_every_colour_carries_its_text_in_both_themes():
    for _, fill, ink in interference.STEPS:
        for theme in style.THEMES.values():
            assert contrast(theme[fill], theme[ink]) >= 4.5, (fill, ink)


def contrast(a, b):
    """WCAG 2, section 1.4.3."""

    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def test_the_table_has_both_sides_of_every_pair(found):
    drawn = interference.draw(found)
    assert len(drawn.table.rows) == 2 * len(make.BESIDE)
    row = next(r for r in drawn.table.rows if r[:3] == ["mutex", "ck-ticket", "mutex"])
    assert row[-3:] == ["no", "yes", 6] and row[3].startswith("×2.")


def test_many_and_long_names_fit(tmp_path):
    lines = [e for e in make.neighbours() if e["record"] != "trial" or e["workload"] != "tcp-echo"]
    trials = {e["trial"]: e for e in lines if e["record"] == "trial"}
    told = [e for e in lines if e.get("interference") and e["interference"]["of"] in trials]
    for i, e in enumerate(told):
        trials[e["interference"]["of"]]["companions"][0].update(workload=f"a-very-long-name-of-a-workload-{i % 30}")
    from report.tests.test_figures import check

    check([interference.draw(Neighbours(written(tmp_path, lines)))])
