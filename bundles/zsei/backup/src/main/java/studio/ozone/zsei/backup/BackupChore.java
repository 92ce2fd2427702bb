package studio.ozone.zsei.backup;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import studio.ozone.api.care.Backups.Backup;
import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.config.Facts;
import studio.ozone.api.runtime.Progress;

/** Takes a backup by the clock, and then drops the oldest that the clock took, so that so many are left. Those that somebody took stay. */
@Component(service = Chore.class, configurationPid = BackupChore.PID)
@Designate(ocd = BackupChore.Config.class)
public final class BackupChore implements Chore {

    static final String PID = "ozone.zsei.backup";

    @ObjectClassDefinition(id = PID, name = "Backups", description = "Backups that are taken by the clock.")
    public @interface Config {
        @AttributeDefinition(description = "How many backups taken by the clock are kept; with one more the oldest goes. Those that somebody took are never dropped.",
            min = "1", max = "10000")
        @Facts(unit = "backups", advice = "Each takes about as much room as the store. A backup that goes to another disk is taken by hand: ozone-core backup --to DIR.")
        int keep() default 7;
    }

    private final LocalBackups backups;
    private volatile int keep;

    @Activate
    public BackupChore(@Reference LocalBackups backups, Config config) {
        this.backups = backups;
        reconfigure(config);
    }

    @Modified
    void reconfigure(Config config) {
        if (config.keep() < 1 || config.keep() > 10_000) {
            throw new IllegalArgumentException("zsei.backup.keep is 1..10000, not " + config.keep());
        }
        keep = config.keep();
    }

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public Set<Kind> kinds() {
        return EnumSet.of(Kind.BACKUP);
    }

    @Override
    public List<Figure> run(Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        List<Backup> before = taken();
        if (!dryRun) {
            Backup fresh = backups.create(null, true, progress);
            List<Backup> all = taken();
            for (Backup old : all.subList(Math.min(keep, all.size()), all.size())) {
                if (!old.name().equals(fresh.name())) {
                    backups.remove(old.name());
                }
            }
        }
        double after = dryRun ? Math.min(keep, before.size() + 1.0) : taken().size();
        return List.of(new Figure("backups by the clock", "", before.size(), after));
    }

    /** The newest first. One that cannot be read is not known to be the clock's. */
    private List<Backup> taken() throws CareException {
        return backups.list(null).stream().filter(Backup::scheduled).toList();
    }
}
