"""The names of the classes, in their order."""

from yamnet import class_names


def test_names_are_those_of_google_in_order():
    names = class_names()
    assert len(names) == len(set(names)) == 521
    assert names[:2] == ("Speech", "Child speech, kid speaking")
    assert names[494] == "Silence"
    assert names[-1] == "Field recording"


def test_the_file_is_googles_own(real_data):
    names = (real_data("yamnet") / "yamnet_class_map.csv").read_text().splitlines()[1:]
    for index, (line, name) in enumerate(zip(names, class_names(), strict=True)):
        assert line.startswith(f"{index},/")
        assert line.split(",", 2)[2].strip('"') == name
