package dev.asyncloop.spring.beans;

import dev.asyncloop.IOLoop;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.List;

/**
 * Which classes can have an annotation of this project at all. To search one takes as long as to load it, and most of an
 * application's beans are of libraries that know nothing of us.
 */
public final class OwnAnnotations {

    /** Libraries of which every application has beans. */
    private static final List<String> OTHERS = List.of("org.springframework.", "tools.jackson.", "io.micrometer.");

    /** Where applications live in a library's package, those of the Spring team. */
    private static final String SAMPLES = "org.springframework.samples.";

    private static final String OURS = "dev.asyncloop.";

    private OwnAnnotations() {}

    /** Returns whether the class, what it extends or implements, or one of their methods can have one. */
    public static boolean mayBeOn(Class<?> type) {
        String name = type.getName();
        return isMadeAtRunTime(type, name) || !isOfOthers(type, name) && !isOfOurs(type, name);
    }

    /** A proxy may implement an interface of the application, whatever it is called; a lambda is what its class is. */
    private static boolean isMadeAtRunTime(Class<?> type, String name) {
        int generated = name.indexOf("$$");
        return generated >= 0 && !name.startsWith("$$Lambda", generated) || Proxy.isProxyClass(type);
    }

    private static boolean isOfOthers(Class<?> type, String name) {
        for (String other : OTHERS) {
            if (name.startsWith(other)) {
                return !name.startsWith(SAMPLES) && isInJar(type);
            }
        }
        return false;
    }

    /** And not among the application's own classes. */
    private static boolean isInJar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL place = source != null ? source.getLocation() : null;
        return place != null && place.getPath().replace("!/", "").endsWith(".jar");
    }

    /** Ours by its jar as well: tests and examples have packages like ours, and an application may be in one jar with us. */
    private static boolean isOfOurs(Class<?> type, String name) {
        if (!name.startsWith(OURS)) {
            return false;
        }
        ProtectionDomain place = type.getProtectionDomain();
        return place == OwnAnnotations.class.getProtectionDomain() || place == IOLoop.class.getProtectionDomain();
    }
}
