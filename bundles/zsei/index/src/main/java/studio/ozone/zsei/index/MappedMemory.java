package studio.ozone.zsei.index;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import studio.ozone.api.config.Facts;

/**
 * The table {@code zsei.mmap}, and the mappings that it governs. A component of its own: the properties of all PIDs that one component reads are
 * one map, in which the key {@code enabled} of this table and that of another would be the same.
 */
@Component(service = MappedMemory.class, configurationPid = MappedMemory.PID)
public final class MappedMemory {

    static final String PID = "ozone.zsei.mmap";

    /** The table {@code zsei.mmap}. */
    @ObjectClassDefinition(name = "ZSEI mapped memory", pid = PID, description = "Whether the index's files are mapped into memory, and how much.")
    public @interface Config {
        @AttributeDefinition(description = "Maps the index's files into memory instead of reading them through buffers.")
        @Facts(advice = "Right on an SSD and on a rotating disk; switch it off only where memory that is mapped counts against a limit.")
        boolean enabled() default true;

        @AttributeDefinition(description = "Touches the pages of the index's files when they are mapped.")
        @Facts(advice = "On an SSD the start takes little longer and the first query is quick; on a rotating disk set it to false. It does nothing "
            + "while zsei.mmap.enabled is false.")
        boolean preload__indices() default true;

        @AttributeDefinition(description = "The most memory that files are mapped into; what is beyond it is read through buffers.",
            min = "0.001", max = "1048576")
        @Facts(unit = "GiB",
            advice = "Seven tenths of what is left of the memory after 2 for the system, 1 for a browser, 1 for the core, 2 in reserve, and the "
            + "local model if there is one; at least 1. With 16 that makes 7. Another value acts at once: the index's files are opened again, "
            + "those of the shards that were used last first. The profiles keep the round numbers of the guide: 2, 6 and 16.")
        double max__mapped__memory__gb() default 4;
    }

    private final Mappings mappings;
    private volatile Runnable changed = () -> { };

    @Activate
    public MappedMemory(Config config) {
        this.mappings = new Mappings(limits(config));
    }

    @Modified
    void reconfigure(Config config) {
        Mappings.Limits next = limits(config);
        if (!next.equals(mappings.limits())) {
            mappings.limits(next);
            changed.run();
        }
    }

    private static Mappings.Limits limits(Config config) {
        return Mappings.Limits.of(config.enabled(), config.preload__indices(), config.max__mapped__memory__gb());
    }

    Mappings mappings() {
        return mappings;
    }

    /** What is to be done when the limits have changed. */
    void changed(Runnable next) {
        changed = next;
    }
}
