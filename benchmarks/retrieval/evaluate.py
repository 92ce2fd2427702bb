#!/usr/bin/env python3
"""How well search finds what people judged to be relevant.

    evaluate.py run DATA [--mode hybrid] [--sets cranfield squad locomo]   ingests each set into a private data home and asks all questions
    evaluate.py score DATA SET RUN…                                       scores TREC runs that are there already
    evaluate.py prepare DATA FOLDER                                       writes corpus and questions of each part as JSON lines

DATA holds one folder for each set: a collection with corpus.jsonl {id, title, text} and questions.jsonl {id, question, relevant[]}, or
conversations, one JSON file each, {id, turns[{id, time, speaker, text}], questions[{question, evidence[], category}]}. Each turn of a
conversation is a document, its speaker and time the title; each conversation is searched by itself; questions of category 5 (no answer)
and those without evidence are left out. A run is that of `ozone-core search --queries`: qid Q0 document rank score tag.
"""
import argparse, glob, itertools, json, math, os, shutil, signal, socket, subprocess, sys, tempfile, time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNANSWERABLE = 5


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def parts(data, name):
    """Yields (part, documents, questions); a question has id, question, relevant."""
    folder = os.path.join(data, name)
    if os.path.exists(os.path.join(folder, "corpus.jsonl")):
        yield name, lines(os.path.join(folder, "corpus.jsonl")), lines(os.path.join(folder, "questions.jsonl"))
        return
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as file:
            talk = json.load(file)
        documents = [{"id": turn["id"], "title": f"{turn['speaker']}, {turn['time']}", "text": turn["text"]} for turn in talk["turns"]]
        questions = [{"id": f"{talk['id']}-{n}", "question": q["question"], "relevant": q["evidence"]}
                     for n, q in enumerate(talk["questions"]) if q.get("category") != UNANSWERABLE and q["evidence"]]
        yield f"{name}-{talk['id']}", documents, questions


def read_runs(paths):
    """{question: [document, …]}, best first; a document once."""
    ranked = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                question, _, document, rank, *_ = line.split()
                ranked.setdefault(question, []).append((int(rank), document))
    return {question: list(dict.fromkeys(document for _, document in sorted(found))) for question, found in ranked.items()}


def figures(questions, run):
    """Means over all questions; one without an answer in the run counts as nothing found."""
    sums = {}

    def add(name, value):
        sums[name] = sums.get(name, 0) + value

    for question in questions:
        relevant = set(question["relevant"])
        gains = [document in relevant for document in run.get(question["id"], [])]
        ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant))))
        add("nDCG@10", sum(1 / math.log2(i + 2) for i, hit in enumerate(gains[:10]) if hit) / ideal)
        found, precision = 0, 0.0
        for i, hit in enumerate(gains):
            if hit:
                found += 1
                precision += found / (i + 1)
        add("MAP", precision / len(relevant))
        add("MRR@10", next((1 / (i + 1) for i, hit in enumerate(gains[:10]) if hit), 0))
        for k in (1, 5, 10, 25, 50):
            add(f"recall@{k}", sum(gains[:k]) / len(relevant))
    return {name: total / len(questions) for name, total in sums.items()}


def show(name, mode, count, values):
    print(f"{name:12} {mode:9} n={count:<5}" + "  ".join(f"{key} {value:.4f}" for key, value in values.items()), flush=True)


def write(documents, path):
    with open(path, "w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(document, ensure_ascii=False) + "\n")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(args):
    for name in args.sets:
        everything, ranked, seconds, documents_in_all = [], {mode: {} for mode in args.mode}, {mode: 0.0 for mode in args.mode}, 0
        ingest_seconds = 0.0
        for part, documents, questions in itertools.islice(parts(args.data, name), args.parts):
            home = tempfile.mkdtemp(prefix="ozone-retrieval-")
            environment = dict(os.environ, OZONE_DATA_DIR=os.path.join(home, "data"), OZONE_WEB_HTTP__PORT=str(free_port()))
            corpus, asked = os.path.join(home, "corpus.jsonl"), os.path.join(home, "questions.jsonl")
            write(documents, corpus)
            write([{"id": q["id"], "question": q["question"]} for q in questions], asked)
            try:
                begun = time.perf_counter()
                subprocess.run([args.ozone, "ingest", corpus], env=environment, check=True, stdout=subprocess.DEVNULL)
                ingest_seconds += time.perf_counter() - begun
                for mode in args.mode:
                    out = os.path.join(home, mode + ".run")
                    begun = time.perf_counter()
                    subprocess.run([args.ozone, "search", "--queries", asked, "--k", str(args.k), "--mode", mode, "--run", out],
                                   env=environment, check=True, stdout=subprocess.DEVNULL)
                    seconds[mode] += time.perf_counter() - begun
                    ranked[mode].update(read_runs([out]))
            finally:
                subprocess.run([args.ozone, "stop"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                shutil.rmtree(home, ignore_errors=True)
            everything += questions
            documents_in_all += len(documents)
        for mode in args.mode:
            show(name, mode, len(everything), figures(everything, ranked[mode]))
        print(f"{'':12} ingest {documents_in_all / ingest_seconds:.1f} documents/s; " + ", ".join(
            f"{mode} {1000 * spent / len(everything):.1f} ms a question" for mode, spent in seconds.items()), flush=True)


def score(args):
    questions = [question for _, _, asked in parts(args.data, args.set) for question in asked]
    show(args.set, "", len(questions), figures(questions, read_runs(args.runs)))


def prepare(args):
    for name in sorted(os.listdir(args.data)):
        if os.path.isdir(os.path.join(args.data, name)):
            for part, documents, questions in parts(args.data, name):
                folder = os.path.join(args.folder, part)
                os.makedirs(folder, exist_ok=True)
                write(documents, os.path.join(folder, "corpus.jsonl"))
                write(questions, os.path.join(folder, "questions.jsonl"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("run")
    command.add_argument("data")
    command.add_argument("--sets", nargs="+", default=["cranfield", "squad", "locomo"])
    command.add_argument("--mode", nargs="+", default=["keyword", "semantic", "hybrid"])
    command.add_argument("--k", type=int, default=1000)
    command.add_argument("--parts", type=int, help="of a set of conversations only so many")
    command.add_argument("--ozone", default=os.path.join(TOP, "ozone-core"))
    command.set_defaults(do=run)
    command = commands.add_parser("score")
    command.add_argument("data")
    command.add_argument("set")
    command.add_argument("runs", nargs="+")
    command.set_defaults(do=score)
    command = commands.add_parser("prepare")
    command.add_argument("data")
    command.add_argument("folder")
    command.set_defaults(do=prepare)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))      # so that no instance stays behind
    args.do(args)


if __name__ == "__main__":
    sys.exit(main())
