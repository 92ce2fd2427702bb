package studio.ozone.benchmarks.side_by_side;

/** Measures the parts that are asked for, one after another, and adds each to the report as soon as it is done. */
final class Main {

    private Main() {
    }

    /** A part of the series. */
    interface Part {
        void run(Options options, PlainWorkers workers, Findings findings) throws Exception;
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
            Findings findings = new Findings();
            try (PlainWorkers workers = new PlainWorkers()) {
                part(part).run(options, workers, findings);
            }
            report.add(part, findings);
        }
        report.write();
        System.out.println(report.markdown());
    }

    private static Part part(String name) {
        return switch (name) {
            case "traversal" -> Walks.ofClasses();
            case "traversal_large" -> Walks.ofAMillion();
            case "knn" -> new Neighbours();
            case "knn_large" -> new ManyNeighbours();
            case "retrieval" -> new Prompts();
            default -> new Stores();
        };
    }
}
