package studio.ozone.benchmarks.side_by_side;

import java.util.List;

/** Measures the parts that are asked for, one after another, and adds each to the report as soon as it is done. */
final class Main {

    private Main() {
    }

    /** A part of the series. */
    interface Part {
        List<Row> run(Options options, PlainWorkers workers) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Options options = Options.of(args);
        Report report = new Report(options);
        for (String part : options.parts()) {
            if (options.resume() && report.has(part)) {
                System.err.println(part + " is in " + options.out() + " already");
                continue;
            }
            System.err.println(part);
            try (PlainWorkers workers = new PlainWorkers()) {
                Part measured = switch (part) {
                    case "traversal" -> new Walks();
                    case "knn" -> new Neighbours();
                    case "retrieval" -> new Prompts();
                    default -> new Stores();
                };
                report.add(part, measured.run(options, workers));
            }
        }
        System.out.println(report.markdown());
    }
}
