package studio.ozone.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.care.Chore;

@Service
@Command(scope = "ozone", name = "zsei-optimize", description = "Makes ZSEI smaller and faster, now or by the clock: merges the index, brings records to the configured "
        + "compression, compacts the graph. Reads and writes go on.\n"
        + "Examples: ozone-core zsei-optimize   ozone-core zsei-optimize --schedule \"0 4 * * 0\"")
public final class ZseiOptimizeCommand extends CareCommand {

    @Override
    Chore.Kind kind() {
        return Chore.Kind.OPTIMIZE;
    }
}
