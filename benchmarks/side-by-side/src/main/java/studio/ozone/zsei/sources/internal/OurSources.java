package studio.ozone.zsei.sources.internal;

import java.nio.file.Path;
import java.util.Map;

import studio.ozone.api.zsei.Sources;
import studio.ozone.benchmarks.side_by_side.Defaults;

/** The product's reader of plain files. */
public final class OurSources {

    private OurSources() {
    }

    public static Sources in(Path home) {
        return new FileSources(home, null, Defaults.of(FileSources.Config.class, Map.of()));
    }
}
