package studio.ozone.shell;

import java.net.URI;
import java.util.Map;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.web.LoginLinks;

@Service
@Command(scope = "ozone", name = "console", description = "Prints a link that lets a browser into the web console, once, within a minute.\n"
        + "Example: ozone-core console")
public final class ConsoleCommand extends OzoneCommand {

    @Override
    Object run() throws Exception {
        URI link;
        try {
            link = with(LoginLinks.class, "web.access", LoginLinks::create);
        } catch (IllegalStateException e) {
            throw new PipelineException(PipelineException.Code.UNAVAILABLE, e.getMessage(), e);
        }
        if (json) {
            print(Map.of("link", link.toString()));
        } else {
            out().println(link);
        }
        return null;
    }
}
