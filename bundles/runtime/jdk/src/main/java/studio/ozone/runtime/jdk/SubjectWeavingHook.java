package studio.ozone.runtime.jdk;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Shows classes to the {@link SubjectWeaver} when they are loaded. Only a bundle wired to {@code javax.security.auth} can name a
 * subject, so all others pass without a look at their bytes; that keeps the hook out of the start-up time.
 */
final class SubjectWeavingHook implements WeavingHook {

    private static final String SUBJECT_PACKAGE = "javax.security.auth";
    private static final String HOLDER_PACKAGE = CurrentSubject.class.getPackageName() + ";bundle-symbolic-name=" + CurrentSubject.class.getPackageName();

    private final Bundle own;
    private final Map<BundleWiring, Boolean> knowsSubjects = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param own this bundle, whose classes are never woven: they are what weaves, and looking at them while they load would go in a circle */
    SubjectWeavingHook(Bundle own) {
        this.own = own;
    }

    @Override
    public void weave(WovenClass woven) {
        BundleWiring wiring = woven.getBundleWiring();
        if (wiring.getBundle().equals(own)) {
            return;
        }
        boolean shell = SubjectWeaver.isShell(woven.getClassName());
        if (!shell && !knowsSubjects.computeIfAbsent(wiring, SubjectWeavingHook::importsSubject)) {
            return;
        }
        byte[] changed;
        try {
            changed = SubjectWeaver.weave(woven.getBytes(), wiring.getClassLoader(), shell);
        } catch (IllegalArgumentException e) {
            // Refused rather than loaded as it is: a class that cannot be woven would answer "nobody" or fail much later.
            throw new WeavingException("Cannot redirect the subject calls of " + woven.getClassName(), e);
        }
        if (changed != null) {
            woven.setBytes(changed);
            woven.getDynamicImports().add(HOLDER_PACKAGE);
        }
    }

    private static boolean importsSubject(BundleWiring wiring) {
        for (BundleWire wire : wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)) {
            if (SUBJECT_PACKAGE.equals(wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
                return true;
            }
        }
        return false;
    }
}
