package studio.ozone.config;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

/** The schema of bundles in a real framework. */
public class BundleKeysTest {

    private static final String TOGGLE =
        "ozone.toggle;pid=ozone.shop;key=open;default=false,ozone.toggle;pid=org.foreign;key=on;default=true";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Framework framework;

    @Before
    public void launch() throws Exception {
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
            .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, folder.newFolder("framework").getPath()));
        framework.start();
    }

    @After
    public void halt() throws Exception {
        framework.stop();
        framework.waitForStop(5000);
    }

    @Test
    public void bundleNeedNotEvenResolve() throws Exception {
        Bundle shop = install("shop", 5);
        assertEquals(Bundle.INSTALLED, shop.getState());
        Schema schema = keys().schema();
        assertEquals(5L, schema.key("shop.size").byDefault());
        assertEquals("shop", schema.key("shop.size").readBy());
        assertEquals(false, schema.key("shop.open").byDefault());
        assertNull("not a PID of ours", schema.key("org.foreign.on"));
        assertEquals("a bundle that is installed takes the place of the table", "shop", schema.key("pipeline.execution.pool_size").readBy());
        assertNull(schema.key("pipeline.cache.enabled").readBy());
        assertEquals("the PID is described, so it needs no form", List.of(), List.copyOf(schema.forms().keySet()));
        assertEquals("looking at it did not resolve it", Bundle.INSTALLED, shop.getState());
    }

    @Test
    public void changedBundleIsReadAgainAndAKnownOneIsNot() throws Exception {
        Bundle shop = install("shop", 5);
        keys().schema();
        assertEquals("from the cache", 5L, keys().schema().key("shop.size").byDefault());
        long before = shop.getLastModified();
        while (System.currentTimeMillis() <= before) {
            Thread.onSpinWait();
        }
        shop.update(new ByteArrayInputStream(jar("shop", 6)));
        assertEquals(6L, keys().schema().key("shop.size").byDefault());
        shop.uninstall();
        assertNull("it is known still, and nobody reads it", keys().schema().key("shop.size").readBy());
        assertEquals(6L, keys().schema().key("shop.size").byDefault());
        assertNull("its switch too", keys().schema().key("shop.open").readBy());
        install("shop", 7);
        assertEquals(7L, keys().schema().key("shop.size").byDefault());
        assertEquals("shop", keys().schema().key("shop.open").readBy());
    }

    private BundleKeys keys() {
        return new BundleKeys(framework.getBundleContext(), new KeyCache(folder.getRoot().toPath().resolve("keys")));
    }

    private Bundle install(String name, int size) throws Exception {
        return framework.getBundleContext().installBundle("memory:" + name, new ByteArrayInputStream(jar(name, size)));
    }

    private static byte[] jar(String name, int size) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        headers.putValue(Constants.IMPORT_PACKAGE, "nowhere.to.be.found");
        headers.putValue(Constants.PROVIDE_CAPABILITY, TOGGLE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            jar.putNextEntry(new ZipEntry("OSGI-INF/metatype/shop.xml"));
            jar.write(("<MetaData><OCD id='o' name='o'><AD id='size' type='Integer' default='" + size + "'/></OCD>"
                + "<OCD id='t' name='t'><AD id='pool_size' type='Integer' default='1'/></OCD>"
                + "<Designate pid='ozone.shop'><Object ocdref='o'/></Designate>"
                + "<Designate pid='ozone.pipeline.execution'><Object ocdref='t'/></Designate></MetaData>").getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
