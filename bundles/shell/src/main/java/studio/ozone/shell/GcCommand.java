package studio.ozone.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.care.Chore;

@Service
@Command(scope = "ozone", name = "gc", description = "Drops what has expired, now or by the clock; --aggressive drops caches too, compacts, and has the JVM collect.\n"
        + "What runs is not disturbed.\n"
        + "Examples: ozone-core gc --dry-run   ozone-core gc --aggressive --schedule \"0 3 * * *\"   ozone-core gc --list")
public final class GcCommand extends CareCommand {

    @Option(name = "--aggressive", description = "Also drop caches, compact, and have the JVM collect its garbage")
    boolean aggressive;

    @Override
    Chore.Kind kind() {
        return aggressive ? Chore.Kind.GC_AGGRESSIVE : Chore.Kind.GC;
    }
}
