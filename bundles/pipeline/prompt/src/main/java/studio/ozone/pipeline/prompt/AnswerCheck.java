package studio.ozone.pipeline.prompt;

import java.util.Collection;

import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.runtime.HealthCheck;

/** Says whether the configured provider can answer; asks for it at the time of the question alone, so that a start does not make it. */
@Component(configurationPid = Limits.LLM_PID)
public final class AnswerCheck implements HealthCheck {

    private static final String NAME = "llm.default_provider";

    private final BundleContext context;
    private final Capabilities capabilities;
    private volatile String provider;

    @Activate
    public AnswerCheck(BundleContext context, @Reference Capabilities capabilities, Limits.Llm config) {
        this.context = context;
        this.capabilities = capabilities;
        this.provider = config.default__provider().strip();
    }

    @Modified
    void reconfigure(Limits.Llm config) {
        provider = config.default__provider().strip();
    }

    @Override
    public Result check() {
        String name = provider;
        try {
            Collection<ServiceReference<Provider>> found = context.getServiceReferences(Provider.class, null);
            for (ServiceReference<Provider> reference : found) {
                if (name.equals(reference.getProperty(Provider.ID))) {
                    return ask(name, reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return quoted(name, capabilities.whyAbsent("llm." + name));
    }

    private Result ask(String name, ServiceReference<Provider> reference) {
        Provider found = context.getService(reference);
        if (found == null) {
            return quoted(name, capabilities.whyAbsent("llm." + name));
        }
        try {
            found.check();
            return new Result(NAME, Status.OK, name + " answers", false);
        } catch (ProviderException e) {
            return quoted(name, e.getMessage());
        } finally {
            context.ungetService(reference);
        }
    }

    private static Result quoted(String name, String why) {
        return new Result(NAME, Status.WARN, "answers are quoted, since " + name + " cannot answer: " + why, false);
    }
}
