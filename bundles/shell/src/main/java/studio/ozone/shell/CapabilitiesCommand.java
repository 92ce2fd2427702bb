package studio.ozone.shell;

import java.util.List;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.capability.Capabilities;

@Service
@Command(scope = "ozone", name = "capabilities", description = "Lists what can be switched: state, key, who set it, and what it has cost since the start.\n"
        + "Example: ozone-core capabilities")
public final class CapabilitiesCommand extends OzoneCommand {

    @Override
    Object run() throws Exception {
        List<Capabilities.Capability> all = with(Capabilities.class, "runtime.capabilities", Capabilities::list);
        if (json) {
            print(all);
            return null;
        }
        Table table = new Table("CAPABILITY", "STATE", "KEY", "VALUE", "SET BY", "THREADS", "WORKING", "CPU", "ALLOCATED", "CHILD MEMORY", "CHILD CPU")
            .right(5, 6, 7, 8, 9, 10);
        for (Capabilities.Capability one : all) {
            boolean child = one.childBytes() > 0;
            table.row(one.name(), one.state(), one.key(), one.value(), one.setBy(), one.threads(), one.working(), Style.millis(one.cpuMs()),
                    Style.bytes(one.allocatedBytes()), child ? Style.bytes(one.childBytes()) : "", child ? Style.millis(one.childCpuMs()) : "");
        }
        print(table);
        return null;
    }
}
