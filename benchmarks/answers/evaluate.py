#!/usr/bin/env python3
"""How often a running Ozone Studio quotes the sentence that holds the answer, and how often it rightly says that there is none.

Give it folders. One with corpus.jsonl ({id, title, text} a line) and questions.jsonl ({id, question, answers[], relevant[]} a line; no
answers: not answerable) is measured by the answers; one with conversations (*.json: {turns[{id, speaker, text, time}],
questions[{question, evidence[], category}]}; category 5: not answerable) by the turns that were quoted. Every quotation is checked here
once more against the text it claims to be from. Needs nothing but Python 3 and ./ozone-core.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NOT_ANSWERABLE = 5


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def normal(text):
    """Letters and digits, lower case, single spaces, and a space at both ends, so that only whole words match."""
    return " " + " ".join(re.findall(r"[^\W_]+", text.lower())) + " "


class Core:
    """The instance, asked as a user asks it."""

    def __init__(self, command, options=()):
        self.command = command
        self.options = list(options)

    def run(self, *arguments):
        done = subprocess.run([self.command, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{self.command} {arguments[0]}: exit {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def ingest(self, path):
        report = self.run("ingest", path, "--json")
        if report["failed"]:
            sys.exit(f"not ingested: {report['failed'][:3]}")

    def prompt(self, question, *within):
        return self.run("prompt", question.strip(), *[part for path in within for part in ("--with", path)], *self.options, "--json")


class Tally:
    """Shares of yes among the answers to one thing."""

    def __init__(self):
        self.counts = collections.OrderedDict()
        self.values = collections.defaultdict(list)

    def add(self, name, yes):
        self.counts.setdefault(name, []).append(bool(yes))

    def value(self, name, value):
        self.values[name].append(value)

    def report(self):
        rows = {name: {"share": round(sum(yes) / len(yes), 4), "yes": sum(yes), "n": len(yes)} for name, yes in self.counts.items()}
        for name, values in self.values.items():
            ordered = sorted(values)
            rows[name] = {"p50": round(statistics.median(ordered), 2), "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 2), "n": len(ordered)}
        return rows


def look(tally, answer, texts):
    """What holds for every answer: its quotations are where they say, and its timings."""
    for citation in answer["citations"]:
        text = texts[citation["record"]]
        tally.add("quotations found at their offsets", text[citation["start"]:citation["end"]] == citation["quote"])
        tally.add("quotations marked verified", citation["verified"])
        tally.value("characters of a quotation", len(citation["quote"]))
    if answer["citations"]:
        tally.value("quotations of an answer", len(answer["citations"]))
    tally.add("worded by a model", answer["mode"] == "generated")
    for sentence in answer["sentences"]:
        tally.add("sentences that the material supports", sentence["supported"])
        if sentence["missing"]:
            tally.add("sentences with a number, date or name that no passage holds: not supported", not sentence["supported"])
    usage = answer["usage"] or {}
    for name in ("tokens_per_second", "first_token_ms", "input_tokens", "output_tokens"):
        if usage.get(name) is not None:
            tally.value(name.replace("_", " "), usage[name])
    timings = answer["timings_ms"]
    tally.value("context ready, ms", sum(timings.get(stage, 0) for stage in ("ingest", "retrieve", "assemble")))
    tally.value("total, ms", timings["total"])


def support(tally, question, answer):
    """Whether a sentence that gives the answer is tied to a citation that holds it, and whether one that gives a wrong one slips through."""
    quotes = {citation["n"]: normal(citation["quote"]) for citation in answer["citations"]}
    for sentence in answer["sentences"]:
        golds = [normal(gold) for gold in question["answers"] if normal(gold) in normal(sentence["text"])]
        if golds:
            tally.add("sentences that give the answer: supported", sentence["supported"])
            if sentence["supported"]:
                tally.add("sentences that give the answer: a citation of theirs holds it",
                          any(gold in quotes.get(n, "") for gold in golds for n in sentence["citations"]))
    if answer["sentences"]:
        tally.add("answers in which a supported sentence gives the answer", any(sentence["supported"] and any(normal(gold) in normal(sentence["text"])
                  for gold in question["answers"]) for sentence in answer["sentences"]))


def articles(core, folder, options, tally, scratch):
    corpus = lines(folder / "corpus.jsonl")
    texts = {document["id"]: document["text"] for document in corpus}
    questions = options.sample(lines(folder / "questions.jsonl"))
    whole = folder / "corpus.jsonl"
    core.ingest(whole)
    answerable = [question for question in questions if question["answers"]]

    def measure(question):
        answer = core.prompt(question["question"], whole)
        look(tally, answer, texts)
        if not question["answers"]:
            tally.add("not answerable (looks as if it were): refused", not answer["citations"])
            return
        holds = [any(normal(gold) in normal(citation["quote"]) for gold in question["answers"]) for citation in answer["citations"]]
        tally.add("answerable: first quotation holds the answer", holds[:1] == [True])
        tally.add("answerable: a quotation holds the answer", any(holds))
        tally.add("answerable: a quotation is from the right document",
                  any(citation["record"] in question["relevant"] for citation in answer["citations"]))
        tally.add("answerable: wrongly refused", not answer["citations"])
        support(tally, question, answer)

    each(options, measure, questions)

    if options.foreign:
        parts = collections.defaultdict(list)
        for document in corpus:
            parts[document["title"]].append(document)
        files = {}
        for number, (title, documents) in enumerate(parts.items()):
            files[title] = scratch / f"article-{number}.jsonl"
            files[title].write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
            core.ingest(files[title])
        titles = {document["id"]: document["title"] for document in corpus}

        def elsewhere(question):
            own = titles[question["relevant"][0]]
            answer = core.prompt(question["question"], *[file for title, file in files.items() if title != own])
            tally.add("asked of the other documents: refused", not answer["citations"])

        each(options, elsewhere, answerable)
    nonsense(core, options, tally, whole)


def conversations(core, folder, options, tally, scratch):
    for path in sorted(folder.glob("*.json")):
        conversation = json.loads(path.read_text(encoding="utf-8"))
        file = scratch / f"conversation-{path.stem}.jsonl"
        texts = {turn["id"]: f"{turn['speaker']}: {turn['text']}" for turn in conversation["turns"]}
        with open(file, "w", encoding="utf-8") as out:
            for turn in conversation["turns"]:
                out.write(json.dumps({"id": turn["id"], "title": f"Session {turn['session']}, {turn['time']}", "text": texts[turn["id"]]}) + "\n")
        core.ingest(file)

        def measure(question):
            answer = core.prompt(question["question"], file)
            look(tally, answer, texts)
            if question["category"] == NOT_ANSWERABLE:
                tally.add("not answerable (looks as if it were): refused", not answer["citations"])
                return
            holds = [citation["record"] in question["evidence"] for citation in answer["citations"]]
            tally.add("answerable: first quotation is evidence", holds[:1] == [True])
            tally.add("answerable: a quotation is evidence", any(holds))
            tally.add("answerable: wrongly refused", not answer["citations"])

        each(options, measure, options.sample(conversation["questions"]))
        nonsense(core, options, tally, file)


def nonsense(core, options, tally, within):
    questions = (HERE / "elsewhere.txt").read_text(encoding="utf-8").splitlines()
    each(options, lambda question: tally.add("of another world (elsewhere.txt): refused", not core.prompt(question, within)["citations"]), questions)


def each(options, measure, questions):
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        list(pool.map(measure, questions))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--core", default=str(HERE.parent.parent / "ozone-core"), help="the command, default: the checkout's")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask only every N-th question")
    parser.add_argument("--parallel", type=int, default=1, help="questions asked at once; times are fair with 1 only")
    parser.add_argument("--foreign", action="store_true", help="also ask each answerable question of the other documents only")
    parser.add_argument("--provider", help="what words the answers: local, api, extractive; default: the configured one")
    parser.add_argument("--strict", action="store_true", help="leave out sentences that the material does not support")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures here too")
    options = parser.parse_args()
    options.sample = lambda questions: questions[::options.every]
    core = Core(options.core, (["--provider", options.provider] if options.provider else []) + (["--strict"] if options.strict else []))
    everything = {}
    with tempfile.TemporaryDirectory(prefix="ozone-answers-") as scratch:
        for folder in options.folders:
            tally = Tally()
            kind = articles if (folder / "corpus.jsonl").exists() else conversations
            kind(core, folder.resolve(), options, tally, pathlib.Path(scratch).resolve())
            everything[folder.name] = tally.report()
            print(folder.name)
            for name, row in everything[folder.name].items():
                figure = f"{row['share']:7.1%}  ({row['yes']} of {row['n']})" if "share" in row else f"p50 {row['p50']:8.2f}   p95 {row['p95']:8.2f}   (n = {row['n']})"
                print(f"  {name:52} {figure}")
    if options.json:
        options.json.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
