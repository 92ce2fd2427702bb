package studio.ozone.benchmark;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import studio.ozone.api.benchmark.Benchmark.Compared;
import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.Benchmark.Row;

/**
 * A result as one page for a browser: no script, nothing from elsewhere, everything escaped. Each row is a strip from zero on, with the guide's bands
 * behind it where there are bands, the span from least to greatest, and marks for median and p95; beside it the medians of earlier runs of the same kind.
 */
final class Page {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final int STRIP = 420;
    private static final int STRIP_HEIGHT = 34;
    private static final int SPARK = 200;
    private static final int SPARK_HEIGHT = 44;
    private static final int MOST_RUNS = 30;
    private static final double HEADROOM = 1.12;

    private final Report report;
    private final List<Report> earlier;
    private final StringBuilder html = new StringBuilder(32_768);

    /** @param earlier the oldest first */
    Page(Report report, List<Report> earlier) {
        this.report = report;
        this.earlier = earlier;
    }

    String html() {
        head();
        summary();
        html.append("<section class=\"rows\">\n");
        report.rows().stream().filter(row -> row.notMeasured() == null).forEach(this::row);
        html.append("</section>\n");
        absent();
        comparison();
        host();
        html.append("</main>\n</body>\n</html>\n");
        return html.toString();
    }

    private void head() {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .append("<title>Ozone Studio benchmark, ").append(time(report.time())).append("</title>\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
    }

    private void summary() {
        html.append("<header>\n<h1>Benchmark</h1>\n<p class=\"when\">").append(time(report.time())).append(" · ").append(text(report.mode())).append(", ")
            .append(text(report.dataset())).append(" data set · version ").append(text(report.version())).append(" · took ")
            .append(report.tookMs() < 120_000 ? report.tookMs() / 1000 + " s" : report.tookMs() / 60_000 + " min").append("</p>\n<ul class=\"counts\">\n");
        for (String band : List.of("target", "acceptable", "marginal", "needs tuning")) {
            long count = report.rows().stream().filter(row -> band.equals(row.band())).count();
            html.append("<li class=\"").append(css(band)).append(count == 0 ? " none" : "").append("\"><b>").append(count).append("</b> ").append(band).append("</li>\n");
        }
        long unbanded = report.rows().stream().filter(row -> row.notMeasured() == null && row.band() == null).count();
        long absent = report.rows().stream().filter(row -> row.notMeasured() != null).count();
        html.append("<li class=\"plain\"><b>").append(unbanded).append("</b> without a band</li>\n<li class=\"plain\"><b>").append(absent)
            .append("</b> not measured</li>\n</ul>\n");
        if (!quiet(report)) {
            html.append("<p class=\"note\">The load average was ").append(figure(report.host().loadBegin())).append(" before and ").append(figure(report.host().loadEnd()))
                .append(" after the run, on ").append(report.host().cores()).append(" cores. Other work makes figures worse, and less alike from run to run.</p>\n");
        }
        html.append("</header>\n");
    }

    private static boolean quiet(Report report) {
        Double begin = report.host().loadBegin();
        return begin == null || begin < report.host().cores() / 2.0;
    }

    private void row(Row row) {
        html.append("<article>\n<div class=\"title\"><h2>").append(text(title(row.name()))).append("</h2>");
        if (row.band() != null) {
            html.append("<span class=\"band ").append(css(row.band())).append("\">").append(text(row.band())).append("</span>");
        }
        html.append("</div>\n<p class=\"headline\"><b>").append(figure(row.figure())).append("</b> ").append(text(row.unit())).append(" <span>")
            .append(headline(row)).append("</span></p>\n");
        strip(row);
        html.append("<dl>");
        pair("min", figure(row.min()));
        pair("median", figure(row.p50()));
        pair("p95", figure(row.p95()));
        pair("p99", figure(row.p99()));
        pair("max", figure(row.max()));
        pair("samples", Integer.toString(row.n()));
        for (Map.Entry<String, Double> further : row.further().entrySet()) {
            pair(further.getKey().replace('_', ' '), figure(further.getValue()));
        }
        html.append("</dl>\n");
        history(row);
        if (row.workload() != null) {
            html.append("<details><summary>What was done</summary><p>").append(text(row.workload())).append("</p></details>\n");
        }
        html.append("</article>\n");
    }

    private static String headline(Row row) {
        return switch (row.headline()) {
            case "p50" -> "median";
            case "max" -> "the most";
            default -> "at p95";
        } + (row.better().equals(Rows.HIGHER) ? ", more is better" : "");
    }

    private void pair(String name, String value) {
        html.append("<div><dt>").append(text(name)).append("</dt><dd>").append(value).append("</dd></div>");
    }

    private void strip(Row row) {
        Rows known = Rows.of(row.name());
        Rows.Bands bands = known == null ? null : known.bands();
        // Bands far beyond the figures would press these into a corner: then the strip ends where the figures do, and says so below.
        double most = Math.max(row.max(), Double.MIN_NORMAL);
        double scale = (bands == null || bands.target() > 20 * most ? most : Math.max(most, Math.min(bands.tuning(), 3 * Math.max(most, bands.target())))) * HEADROOM;
        html.append("<svg class=\"strip\" viewBox=\"0 0 ").append(STRIP).append(' ').append(STRIP_HEIGHT).append("\" role=\"img\" aria-label=\"")
            .append(text("from " + plain(row.min()) + " to " + plain(row.max()) + ", median " + plain(row.p50()) + ", p95 " + plain(row.p95()) + " " + row.unit())).append("\">");
        if (bands == null) {
            rect("bg", 0, STRIP);
        } else {
            double target = x(bands.target(), scale);
            double acceptable = Double.isNaN(bands.acceptable()) ? target : x(bands.acceptable(), scale);
            double tuning = x(bands.tuning(), scale);
            rect("target", 0, target);
            rect("acceptable", target, acceptable);
            rect("marginal", acceptable, tuning);
            rect("needs", tuning, STRIP);
        }
        double from = x(row.min(), scale);
        html.append("<rect class=\"span\" x=\"").append(at(from)).append("\" y=\"15\" width=\"").append(at(Math.max(1.5, x(row.max(), scale) - from))).append("\" height=\"4\" rx=\"2\"/>");
        double p50 = x(row.p50(), scale);
        html.append("<rect class=\"bar\" x=\"0\" y=\"10\" width=\"").append(at(Math.max(1.5, p50))).append("\" height=\"14\" rx=\"2\"><title>median ").append(figure(row.p50()))
            .append("</title></rect>");
        html.append("<rect class=\"p95\" x=\"").append(at(x(row.p95(), scale) - 1)).append("\" y=\"6\" width=\"2.5\" height=\"22\"><title>p95 ").append(figure(row.p95()))
            .append("</title></rect></svg>\n");
        html.append("<p class=\"axis\"><span>0</span><span>").append(bands == null ? "" : limits(bands, row.unit())).append("</span><span>").append(figure(scale)).append(' ')
            .append(text(row.unit())).append("</span></p>\n");
    }

    private static String limits(Rows.Bands bands, String unit) {
        return "target below " + figure(bands.target()) + (Double.isNaN(bands.acceptable()) ? "" : ", acceptable below " + figure(bands.acceptable()) + ", needs tuning above "
            + figure(bands.tuning())) + " " + text(unit);
    }

    private static double x(double value, double scale) {
        return Math.max(0, Math.min(STRIP, value / scale * STRIP));
    }

    private void rect(String css, double from, double to) {
        if (to > from) {
            html.append("<rect class=\"").append(css).append("\" x=\"").append(at(from)).append("\" y=\"0\" width=\"").append(at(to - from)).append("\" height=\"")
                .append(STRIP_HEIGHT).append("\"/>");
        }
    }

    /** Headlines of earlier runs of the same kind, and this one's last. */
    private void history(Row row) {
        List<String> labels = new ArrayList<>();
        List<Double> figures = new ArrayList<>();
        for (Report run : earlier) {
            if (run.mode().equals(report.mode()) && run.dataset().equals(report.dataset())) {
                run.rows().stream().filter(each -> each.name().equals(row.name()) && each.unit().equals(row.unit()) && each.p50() != null).findFirst().ifPresent(each -> {
                    labels.add(SHORT.format(run.time()));
                    figures.add(each.p50());
                });
            }
        }
        labels.add("this run");
        figures.add(row.p50());
        int first = Math.max(0, figures.size() - MOST_RUNS);
        List<Double> shown = figures.subList(first, figures.size());
        if (shown.size() < 2) {
            return;
        }
        double most = shown.stream().mapToDouble(Double::doubleValue).max().orElse(1) * HEADROOM;
        StringBuilder line = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        for (int i = 0; i < shown.size(); i++) {
            double x = 4 + (SPARK - 8.0) * i / (shown.size() - 1);
            double y = SPARK_HEIGHT - 4 - (SPARK_HEIGHT - 8) * (most == 0 ? 0 : shown.get(i) / most);
            line.append(i == 0 ? "" : " ").append(at(x)).append(',').append(at(y));
            dots.append("<circle").append(i == shown.size() - 1 ? " class=\"now\"" : "").append(" cx=\"").append(at(x)).append("\" cy=\"").append(at(y)).append("\" r=\"")
                .append(i == shown.size() - 1 ? "3.5" : "2.2").append("\"><title>").append(text(labels.get(first + i))).append(": ").append(figure(shown.get(i))).append(' ')
                .append(text(row.unit())).append("</title></circle>");
        }
        html.append("<figure><svg class=\"spark\" viewBox=\"0 0 ").append(SPARK).append(' ').append(SPARK_HEIGHT).append("\" role=\"img\" aria-label=\"medians of ")
            .append(shown.size()).append(" runs\"><polyline points=\"").append(line).append("\"/>").append(dots).append("</svg><figcaption>medians of the last ")
            .append(shown.size()).append(" runs like this one</figcaption></figure>\n");
    }

    private void absent() {
        List<Row> rows = report.rows().stream().filter(row -> row.notMeasured() != null).toList();
        if (!rows.isEmpty()) {
            html.append("<section class=\"table\"><h2>Not measured</h2>\n<table><tbody>\n");
            rows.forEach(row -> html.append("<tr><th scope=\"row\">").append(text(title(row.name()))).append("</th><td>").append(text(row.notMeasured())).append("</td></tr>\n"));
            html.append("</tbody></table></section>\n");
        }
    }

    private void comparison() {
        if (report.comparison() == null) {
            return;
        }
        html.append("<section class=\"table\"><h2>Beside the run of ").append(time(report.comparison().time())).append("</h2>\n");
        if (report.comparison().note() != null) {
            html.append("<p class=\"note\">").append(text(report.comparison().note())).append("</p>\n");
        }
        html.append("<table><thead><tr><th>median</th><th class=\"n\">then</th><th class=\"n\">now</th><th class=\"n\">ratio</th><th></th></tr></thead><tbody>\n");
        for (Compared row : report.comparison().rows()) {
            String css = switch (row.verdict()) {
                case Comparing.BETTER -> " class=\"better\"";
                case Comparing.WORSE -> " class=\"worse\"";
                default -> "";
            };
            html.append("<tr").append(css).append("><th scope=\"row\">").append(text(title(row.name()))).append("</th><td class=\"n\">").append(figure(row.before())).append("</td><td class=\"n\">")
                .append(figure(row.now())).append(' ').append(text(row.unit())).append("</td><td class=\"n\">").append(figure(row.ratio())).append("</td><td>").append(text(row.verdict()))
                .append("</td></tr>\n");
        }
        html.append("</tbody></table></section>\n");
    }

    private void host() {
        html.append("<section class=\"table\"><h2>Machine</h2>\n<table><tbody>\n");
        fact("Processor", report.host().cpu() + ", " + report.host().cores() + " cores");
        fact("Memory", report.host().ramBytes() < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GiB", report.host().ramBytes() / 1073741824.0));
        fact("Disk", report.host().disk());
        fact("System", report.host().os());
        fact("Load average", plain(report.host().loadBegin()) + " before, " + plain(report.host().loadEnd()) + " after");
        fact("Java", report.jvm());
        fact("Configuration", "SHA-256 " + report.configHash());
        html.append("</tbody></table></section>\n");
    }

    private void fact(String name, String value) {
        html.append("<tr><th scope=\"row\">").append(text(name)).append("</th><td>").append(text(value)).append("</td></tr>\n");
    }

    private static String title(String name) {
        return switch (name) {
            case "startup" -> "Start-up";
            case "zsei_traversal" -> "ZSEI traversal, 100 nodes";
            case "zsei_traversal_10k" -> "ZSEI traversal, 10,000 nodes";
            case "ui_render" -> "UI render";
            default -> name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
        };
    }

    private static String css(String band) {
        return switch (band) {
            case "target", "acceptable", "marginal" -> band;
            default -> "needs";
        };
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }

    private static String at(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }

    private static String figure(Double value) {
        return text(plain(value));
    }

    /** Three digits that count. */
    private static String plain(Double value) {
        if (value == null) {
            return "–";
        }
        double size = Math.abs(value);
        return value == Math.rint(value) && size < 1e15 ? String.format(Locale.ROOT, "%,.0f", value)
            : String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : size >= 0.1 ? "%.3f" : size >= 0.01 ? "%.4f" : "%.5f", value);
    }

    private static String text(String foreign) {
        StringBuilder text = new StringBuilder(foreign.length() + 16);
        for (char c : Instance.clean(foreign).toCharArray()) {
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                default -> text.append(c);
            }
        }
        return text.toString();
    }

    private static final String STYLE = """
        :root { --bg: #f6f7f9; --card: #fff; --ink: #16191d; --dim: #5d6673; --line: #dfe3e8; --bar: #2b5fd9; --mark: #16191d; --plain: #e9edf2;
          --target: #cdebd5; --acceptable: #e3efc4; --marginal: #fbe6b8; --needs: #f8cfc9; --good: #17693a; --fair: #55700a; --mid: #8a5a00; --bad: #a4241a; }
        @media (prefers-color-scheme: dark) { :root { --bg: #111418; --card: #1a1f25; --ink: #e8ebef; --dim: #9aa5b3; --line: #2b323b; --bar: #7aa2ff;
          --mark: #f2f4f7; --plain: #262d36; --target: #1d4a2d; --acceptable: #3c4b17; --marginal: #574310; --needs: #5a2620; --good: #74d99a; --fair: #bdd568;
          --mid: #f0c062; --bad: #ff9c90; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 56px; }
        h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
        h2 { font-size: 16px; margin: 0; }
        .when { color: var(--dim); margin: 4px 0 16px; }
        .counts { list-style: none; display: flex; flex-wrap: wrap; gap: 8px; padding: 0; margin: 0; }
        .counts li { padding: 4px 12px; border-radius: 6px; font-size: 14px; }
        .counts b { font-variant-numeric: tabular-nums; }
        li.target, .band.target { background: var(--target); color: var(--good); }
        li.acceptable, .band.acceptable { background: var(--acceptable); color: var(--fair); }
        li.marginal, .band.marginal { background: var(--marginal); color: var(--mid); }
        li.needs, .band.needs { background: var(--needs); color: var(--bad); }
        li.plain, li.none { background: var(--plain); color: var(--dim); }
        .note { border-left: 3px solid var(--mid); padding: 2px 0 2px 12px; margin: 16px 0 0; color: var(--dim); max-width: 75ch; }
        .rows { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 16px; margin: 24px 0; align-items: start; }
        article, .table { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
        .table { margin-top: 16px; overflow-x: auto; }
        .title { display: flex; justify-content: space-between; align-items: baseline; gap: 8px; }
        .band { font-size: 12.5px; font-weight: 600; padding: 2px 9px; border-radius: 5px; white-space: nowrap; }
        .headline { margin: 6px 0 10px; color: var(--dim); }
        .headline b { font-size: 26px; color: var(--ink); font-variant-numeric: tabular-nums; letter-spacing: -0.01em; }
        .headline span { font-size: 13px; }
        svg { display: block; width: 100%; height: auto; }
        .strip { border-radius: 4px; overflow: hidden; }
        .strip .bg { fill: var(--plain); } .strip .target { fill: var(--target); } .strip .acceptable { fill: var(--acceptable); }
        .strip .marginal { fill: var(--marginal); } .strip .needs { fill: var(--needs); }
        .strip .span { fill: var(--dim); opacity: .55; } .strip .bar { fill: var(--bar); } .strip .p95 { fill: var(--mark); }
        .axis { display: flex; justify-content: space-between; gap: 8px; margin: 4px 0 10px; font-size: 11.5px; color: var(--dim); }
        dl { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0; font-size: 13px; }
        dl div { display: flex; gap: 5px; } dt { color: var(--dim); } dd { margin: 0; font-variant-numeric: tabular-nums; }
        figure { margin: 12px 0 0; } .spark { max-height: 60px; } .spark polyline { fill: none; stroke: var(--bar); stroke-width: 1.5; opacity: .6; }
        .spark circle { fill: var(--bar); } figcaption { font-size: 11.5px; color: var(--dim); }
        details { margin-top: 10px; font-size: 13px; color: var(--dim); } summary { cursor: pointer; } details p { margin: 6px 0 0; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; margin-top: 8px; font-size: 14px; }
        th, td { text-align: left; padding: 6px 16px 6px 0; border-top: 1px solid var(--line); vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
        thead th { border-top: 0; color: var(--dim); font-size: 12.5px; } tbody th { white-space: nowrap; color: var(--dim); }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        tr.better td:last-child { color: var(--good); font-weight: 600; } tr.worse td:last-child { color: var(--bad); font-weight: 600; }
        """;
}
