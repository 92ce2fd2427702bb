package studio.ozone.config.recommend;

import java.nio.file.Path;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;

/** Made when somebody asks, and let go after: none of it is in memory before. */
@Component
public final class MachineRecommendations implements Recommendations {

    private static final Logger LOG = LoggerFactory.getLogger(MachineRecommendations.class);

    private final Settings settings;
    private final Path dataHome;

    @Activate
    public MachineRecommendations(@Reference Settings settings, BundleContext context) {
        this.settings = settings;
        this.dataHome = Path.of(context.getProperty("ozone.data"));
    }

    @Override
    public Recommendation recommend() {
        Probe probe = new Probe(Path.of("/"), System.getProperty("os.name"), System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(), Commands::here);
        return new Rules(probe.look(dataHome), this::inForce, this::inProfile).apply();
    }

    private Object inForce(String key) {
        try {
            return settings.get(key).value();
        } catch (SettingsException e) {
            LOG.debug("{} is not known here", key, e);
            return null;
        }
    }

    private Object inProfile(String profile, String key) {
        try {
            return settings.explain(key).profiles().get(profile);
        } catch (SettingsException e) {
            LOG.debug("{} is not known here", key, e);
            return null;
        }
    }
}
