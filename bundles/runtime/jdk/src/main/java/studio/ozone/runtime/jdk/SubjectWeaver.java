package studio.ozone.runtime.jdk;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rewrites the calls of one class that ask who is acting, or say so, into calls of {@link CurrentSubject}. The shell's classes also get
 * their hand-overs to other threads rewritten, so that a pipe runs as the one who typed it.
 */
final class SubjectWeaver {

    /** Owners of the calls about subjects. */
    private static final String SUBJECT = "javax/security/auth/Subject";
    private static final String JAAS_HELPER = "org/apache/karaf/util/jaas/JaasHelper";

    private static final ClassDesc HOLDER = ClassDesc.of(CurrentSubject.class.getName());
    private static final ClassDesc SUBJECT_DESC = ClassDesc.ofInternalName(SUBJECT);
    private static final ClassDesc RUNNABLE = ClassDesc.of("java.lang.Runnable");
    private static final MethodTypeDesc CARRY = MethodTypeDesc.of(RUNNABLE, RUNNABLE);
    private static final MethodTypeDesc CURRENT = MethodTypeDesc.of(SUBJECT_DESC);

    /** {@code new Thread(task)} and {@code new Thread(task, name)}. */
    private static final String THREAD = "java/lang/Thread";
    private static final String WITH_TASK = "(Ljava/lang/Runnable;)V";
    private static final String WITH_TASK_AND_NAME = "(Ljava/lang/Runnable;Ljava/lang/String;)V";

    private static final String CONCURRENT = "java/util/concurrent/";
    private static final Set<String> EXECUTORS = Set.of("Executor", "ExecutorService", "ScheduledExecutorService");
    private static final Set<String> HAND_OVERS = Set.of(
            "execute(Ljava/lang/Runnable;)V",
            "submit(Ljava/lang/Runnable;)Ljava/util/concurrent/Future;",
            "submit(Ljava/util/concurrent/Callable;)Ljava/util/concurrent/Future;",
            "invokeAll(Ljava/util/Collection;)Ljava/util/List;",
            "scheduleAtFixedRate(Ljava/lang/Runnable;JJLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/ScheduledFuture;");

    private SubjectWeaver() {
    }

    /** Whether the class called {@code name} is one of the shell's, whose hand-overs to other threads keep the subject. */
    static boolean isShell(String name) {
        return name.startsWith("org.apache.felix.gogo.") || name.startsWith("org.apache.karaf.shell.");
    }

    /**
     * The class with its calls redirected, or null where there is nothing to redirect.
     *
     * @param loader where the classes that this one names are looked up, as resources
     * @param shell whether hand-overs to other threads are rewritten too
     */
    static byte[] weave(byte[] original, ClassLoader loader, boolean shell) {
        if (!mayCall(original, shell)) {
            return null;
        }
        ClassFile files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.defaultResolver().orElse(ClassHierarchyResolver.ofResourceParsing(loader))));
        boolean[] changed = {false};
        byte[] woven = files.transformClass(files.parse(original), ClassTransform.transformingMethodBodies((code, element) -> {
            if (element instanceof InvokeInstruction call && (redirectSubject(code, call) || shell && redirectHandOver(code, call))) {
                changed[0] = true;
            } else {
                code.with(element);
            }
        }));
        return changed[0] ? woven : null;
    }

    /** Whether a class may call one of the owners: nearly none does, and a look for their names is far cheaper than parsing each. */
    private static boolean mayCall(byte[] original, boolean shell) {
        String pool = new String(original, StandardCharsets.ISO_8859_1);
        return pool.contains(SUBJECT) || pool.contains(JAAS_HELPER) || shell && (pool.contains(CONCURRENT) || pool.contains(THREAD));
    }

    private static boolean redirectSubject(CodeBuilder code, InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        if (call.opcode() != Opcode.INVOKESTATIC || !owner.equals(SUBJECT) && !owner.equals(JAAS_HELPER)) {
            return false;
        }
        String name = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        switch (name) {
            case "getSubject" -> code.pop().invokestatic(HOLDER, "current", CURRENT);
            case "current" -> code.invokestatic(HOLDER, "current", CURRENT);
            case "doAs", "callAs" -> code.invokestatic(HOLDER, name, type);
            case "doAsPrivileged" -> code.pop().invokestatic(HOLDER, "doAs", type.dropParameterTypes(2, 3));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean redirectHandOver(CodeBuilder code, InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        String type = call.type().stringValue();
        if (owner.equals(THREAD) && name.equals(ConstantDescs.INIT_NAME)) {
            if (type.equals(WITH_TASK)) {
                code.invokestatic(HOLDER, "carry", CARRY).with((CodeElement) call);
                return true;
            }
            if (type.equals(WITH_TASK_AND_NAME)) {
                code.swap().invokestatic(HOLDER, "carry", CARRY).swap().with((CodeElement) call);
                return true;
            }
            return false;
        }
        if (call.opcode() != Opcode.INVOKEINTERFACE || !owner.startsWith(CONCURRENT)
                || !EXECUTORS.contains(owner.substring(CONCURRENT.length())) || !HAND_OVERS.contains(name + type)) {
            return false;
        }
        code.invokestatic(HOLDER, name, withReceiver(name, call.typeSymbol()));
        return true;
    }

    /** The type of {@link CurrentSubject}'s method of that name: the executor first, declared as narrow as the method needs it. */
    private static MethodTypeDesc withReceiver(String name, MethodTypeDesc type) {
        String executor = switch (name) {
            case "execute" -> "Executor";
            case "scheduleAtFixedRate" -> "ScheduledExecutorService";
            default -> "ExecutorService";
        };
        List<ClassDesc> parameters = new ArrayList<>();
        parameters.add(ClassDesc.ofInternalName(CONCURRENT + executor));
        parameters.addAll(type.parameterList());
        return MethodTypeDesc.of(type.returnType(), parameters);
    }
}
