package studio.ozone.zsei.embeddings;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.ObjectName;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives freed native memory back to the system, as {@code jcmd PID System.trim_native_heap} does; the C library keeps it else. */
final class NativeHeap {

    private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);

    private NativeHeap() {
    }

    static void trim() {
        try {
            ObjectName name = new ObjectName("com.sun.management:type=DiagnosticCommand");
            Object answer = ManagementFactory.getPlatformMBeanServer().invoke(name, "systemTrimNativeHeap", null, null);
            LOG.debug("{}", answer);
        } catch (JMException e) {
            LOG.debug("This JVM cannot trim its native heap", e);       // only glibc can; nothing is lost
        }
    }
}
