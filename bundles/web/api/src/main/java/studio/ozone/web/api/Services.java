package studio.ozone.web.api;

import com.codahale.metrics.MetricRegistry;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.capability.Impact;
import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Settings;
import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Models;
import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Search;
import studio.ozone.api.zsei.Sources;

/** What the API passes requests on to. All but the switches, the settings and the figures may be absent at any time. */
@Component(service = Services.class)
public final class Services {

    private final Capabilities capabilities;
    private final Settings settings;
    private final Health health;
    private final MetricRegistry metrics;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Ingest ingest;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Prompting prompting;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Conversations conversations;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Models models;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Egress egress;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Search search;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile ContainerStore store;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Sources sources;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Impact impact;

    /** Not the service itself: it is made when it is asked, and goes when it has answered. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile ComponentServiceObjects<Recommendations> recommendations;

    @Activate
    public Services(@Reference Capabilities capabilities, @Reference Settings settings, @Reference Health health,
            @Reference MetricRegistry metrics) {
        this.capabilities = capabilities;
        this.settings = settings;
        this.health = health;
        this.metrics = metrics;
    }

    Capabilities capabilities() {
        return capabilities;
    }

    Settings settings() {
        return settings;
    }

    Health health() {
        return health;
    }

    MetricRegistry metrics() {
        return metrics;
    }

    Recommendations.Recommendation recommendation() throws Problem {
        ComponentServiceObjects<Recommendations> found = present(recommendations, "config");
        Recommendations service = found.getService();
        try {
            return present(service, "config").recommend();
        } finally {
            found.ungetService(service);
        }
    }

    Ingest ingest() throws Problem {
        return present(ingest, "pipeline.ingest");
    }

    Prompting prompting() throws Problem {
        return present(prompting, "pipeline.prompt");
    }

    Conversations conversations() throws Problem {
        return present(conversations, "pipeline.prompt");
    }

    Models models() throws Problem {
        return present(models, "llm.local");
    }

    Egress egress() throws Problem {
        return present(egress, "egress");
    }

    Search search() throws Problem {
        return present(search, "zsei.index");
    }

    ContainerStore store() throws Problem {
        return present(store, "zsei.store");
    }

    Sources sources() throws Problem {
        return present(sources, "zsei.sources");
    }

    private <T> T present(T service, String capability) throws Problem {
        if (service == null) {
            throw new Problem(503, "Unavailable", capabilities.whyAbsent(capability));
        }
        return service;
    }
}
