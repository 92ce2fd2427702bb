package studio.ozone.shell;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import com.codahale.metrics.MetricRegistry;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.monitoring.metrics.Figures;

@Service
@Command(scope = "ozone", name = "metrics", description = "Prints one snapshot of every metric.\nExample: ozone-core metrics --json")
public final class MetricsCommand extends OzoneCommand {

    @Override
    Object run() throws Exception {
        Map<String, Object> figures = with(MetricRegistry.class, "monitoring.metrics", Figures::of);
        if (json) {
            print(figures);
            return null;
        }
        Table table = new Table("METRIC", "VALUE");
        figures.forEach((name, figure) -> table.row(name, shown(figure)));
        print(table);
        return null;
    }

    private static String shown(Object figure) {
        return switch (figure) {
            case null -> "not measured";
            case Map<?, ?> parts -> parts.entrySet().stream().map(part -> part.getKey() + " " + shown(part.getValue())).collect(Collectors.joining("  "));
            case Double number -> String.format(Locale.ROOT, "%.3f", number);
            default -> Style.line(figure.toString());
        };
    }
}
