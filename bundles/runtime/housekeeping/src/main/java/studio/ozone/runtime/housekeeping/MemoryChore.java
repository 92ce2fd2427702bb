package studio.ozone.runtime.housekeeping;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.Progress;

/** The last step of an aggressive run: asks the JVM to collect, and says what that gave. */
@Component(service = Chore.class, property = "service.ranking:Integer=-1000")
public final class MemoryChore implements Chore {

    private final Health health;

    @Activate
    public MemoryChore(@Reference Health health) {
        this.health = health;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Set<Kind> kinds() {
        return EnumSet.of(Kind.GC_AGGRESSIVE);
    }

    @Override
    public List<Figure> run(Kind kind, boolean dryRun, Progress progress) {
        MemoryMXBean heap = ManagementFactory.getMemoryMXBean();
        double usedBefore = heap.getHeapMemoryUsage().getUsed();
        double residentBefore = resident();
        if (!dryRun) {
            progress.report("collecting", 0, 1, "");
            heap.gc();
        }
        return List.of(new Figure("heap", "bytes", usedBefore, dryRun ? Double.NaN : heap.getHeapMemoryUsage().getUsed()),
                new Figure("resident", "bytes", residentBefore, dryRun ? Double.NaN : resident()));
    }

    private double resident() {
        long bytes = health.report().rssBytes();
        return bytes < 0 ? Double.NaN : bytes;
    }
}
