"""`make demo` is `zhaoshang demo`: the product's main job on real input, twice."""

import re


def test_the_demo_tells_nine_posts_most_of_them_old_news_and_a_second_run_changes_nothing(workplace):
    first = workplace.zhaoshang("demo")
    assert first.returncode == 0, first.stderr
    assert "9 new, 0 revised, 0 unchanged, 1 off-label" in first.stdout
    digest = first.stdout[first.stdout.index("# 招商周报") : first.stdout.index("Markdown: ")]
    assert "：新事件 1 件\n" in digest
    highlights, _, old_news = digest.partition("## 旧闻重发")
    assert re.findall(r"^- \*\*(\S+?)：(\S+)\*\*", highlights, re.MULTILINE) == [
        ("广东省湛江市", "携手打造区域协作新样本")
    ]
    rows = re.findall(r"^\| (广东省\S+) \| .+ \| (20\d\d)年 \| 2025-07-1[67] \| (\d) \|", old_news, re.MULTILINE)
    assert sum(int(posts) for *_, posts in rows) == 8
    assert {place for place, *_ in rows} == {"广东省湛江市", "广东省湛江市徐闻县", "广东省湛江市遂溪县"}
    assert "未收录 1 条（标签不符）：【投资廉江市】2018年廉江市政府工作报告" in digest
    folder = workplace.path / "zhaoshang-demo"
    for line in (f"{folder}/data/digests/everyone/2025-W29.md", f"{folder}/data/digests/everyone/2025-W29.html"):
        assert line in first.stdout
    written = (folder / "data" / "digests" / "everyone" / "2025-W29.md").read_text(encoding="utf-8")
    assert written.strip() == digest.strip()

    second = workplace.zhaoshang("demo")
    assert second.returncode == 0, second.stderr
    assert "0 new, 0 revised, 9 unchanged, 1 off-label" in second.stdout
    assert digest in second.stdout
    assert "nothing is due" in second.stdout


def test_the_demo_leaves_the_users_own_configuration_and_data_alone(workplace):
    workplace.configure('[[source]]\nname = "mine"\nurl = "mine.txt"\n')
    assert workplace.zhaoshang("demo").returncode == 0
    assert not workplace.data.exists()
