package studio.ozone.config;

import java.io.IOException;
import java.util.Map;

import org.junit.Before;
import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

/** What the files say and what somebody else writes at the same moment. */
public class ConfigurationTargetTest {

    private static final String PID = "ozone.example";

    private final ConfigurationsInMemory admin = new ConfigurationsInMemory();
    private final ConfigurationTarget target = new ConfigurationTarget(admin.admin());

    @Before
    public void start() throws IOException {
        admin.change(PID, "left", "from another life");
        admin.change("ozone.gone", "left", "from another life");
        target.apply(Map.of(PID, Map.of("on", true, "size", 1L)));
        assertNull("the first time, the files are right", admin.get(PID, "left"));
        assertNull(admin.get("ozone.gone", "left"));
    }

    @Test
    public void aSecondChangeIsNotUndoneWhileTheFirstIsWrittenToItsFile() throws Exception {
        admin.change(PID, "on", false);
        assertEquals(false, target.read(PID).get("on"));
        admin.change(PID, "on", true);
        target.apply(Map.of(PID, Map.of("on", false, "size", 1L)));
        assertEquals("the later change stays", true, admin.get(PID, "on"));
        target.apply(Map.of(PID, Map.of("on", false, "size", 1L)));
        assertEquals("until it is read, however often", true, admin.get(PID, "on"));
        target.read(PID);
        target.apply(Map.of(PID, Map.of("on", false, "size", 1L)));
        assertEquals("what was read and is not wanted is undone", false, admin.get(PID, "on"));
    }

    @Test
    public void whatTheFilesChangeMeanwhileIsInForceBesideIt() throws Exception {
        admin.change(PID, "on", false);
        admin.change(PID, ConfigurationTarget.FILE_NAME, "file:/etc/ozone.example.cfg");
        target.apply(Map.of(PID, Map.of("on", true, "size", 2L)));
        assertEquals(false, admin.get(PID, "on"));
        assertEquals(2L, admin.get(PID, "size"));
        assertEquals("the shell's file is still to be dealt with", "file:/etc/ozone.example.cfg", admin.get(PID, ConfigurationTarget.FILE_NAME));
        target.apply(Map.of(PID, Map.of("on", true)));
        assertNull(admin.get(PID, "size"));
    }

    @Test
    public void aNewConfigurationOfSomebodyElseIsNotDeleted() throws Exception {
        admin.change("ozone.other", "key", 1L);
        target.apply(Map.of(PID, Map.of("on", true, "size", 1L)));
        assertEquals(1L, admin.get("ozone.other", "key"));
        target.read("ozone.other");
        target.apply(Map.of(PID, Map.of("on", true, "size", 1L)));
        assertNull("it was read, and no file wants it", admin.get("ozone.other", "key"));
    }
}
