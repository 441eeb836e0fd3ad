package dev.asyncloop.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A URL, or what makes one of another URL: RFC 3986, section 5.2, where {@code URI.resolve} still follows RFC 2396. */
final class UriReference {

    private final @Nullable String scheme;

    private final @Nullable String authority;

    private final String path;

    private final @Nullable String query;

    private final @Nullable String fragment;

    private UriReference(
            @Nullable String scheme,
            @Nullable String authority,
            String path,
            @Nullable String query,
            @Nullable String fragment) {
        this.scheme = scheme;
        this.authority = authority;
        this.path = path;
        this.query = query;
        this.fragment = fragment;
    }

    /** Returns the target of a reference that stands in a document with this URL, which has an authority. */
    static String resolve(URI base, String reference) {
        return parse(reference).in(parse(base.toString())).toString();
    }

    /** Takes it apart, as the regular expression of appendix B does; anything is a reference. */
    private static UriReference parse(String text) {
        String rest = text;
        int hash = rest.indexOf('#');
        String fragment = hash < 0 ? null : rest.substring(hash + 1);
        rest = hash < 0 ? rest : rest.substring(0, hash);
        int question = rest.indexOf('?');
        String query = question < 0 ? null : rest.substring(question + 1);
        rest = question < 0 ? rest : rest.substring(0, question);
        int colon = rest.indexOf(':');
        int slash = rest.indexOf('/');
        boolean hasScheme = colon > 0 && (slash < 0 || colon < slash);
        String scheme = hasScheme ? rest.substring(0, colon) : null;
        rest = hasScheme ? rest.substring(colon + 1) : rest;
        if (!rest.startsWith("//")) {
            return new UriReference(scheme, null, rest, query, fragment);
        }
        int path = rest.indexOf('/', 2);
        int end = path < 0 ? rest.length() : path;
        return new UriReference(scheme, rest.substring(2, end), rest.substring(end), query, fragment);
    }

    /** Section 5.2.2. */
    private UriReference in(UriReference base) {
        if (scheme != null) {
            return new UriReference(scheme, authority, withoutDots(path), query, fragment);
        }
        if (authority != null) {
            return new UriReference(base.scheme, authority, withoutDots(path), query, fragment);
        }
        if (path.isEmpty()) {
            return new UriReference(
                    base.scheme, base.authority, base.path, query != null ? query : base.query, fragment);
        }
        String whole = path.startsWith("/") ? path : base.merge(path);
        return new UriReference(base.scheme, base.authority, withoutDots(whole), query, fragment);
    }

    /** Section 5.2.3. */
    private String merge(String relative) {
        return path.isEmpty() ? "/" + relative : path.substring(0, path.lastIndexOf('/') + 1) + relative;
    }

    /** Section 5.2.4; in one pass, as servers may send long ones. */
    private static String withoutDots(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int position = startOfSegments(path);
        while (position < path.length()) {
            int slash = path.indexOf('/', position + 1);
            int end = slash < 0 ? path.length() : slash;
            boolean isStepUp = isRange(path, position, end, "/..");
            if (isStepUp) {
                out.setLength(Math.max(out.lastIndexOf("/"), 0));
            }
            if (!isStepUp && !isRange(path, position, end, "/.")) {
                out.append(path, position, end);
            } else if (end == path.length()) {
                out.append('/');
            }
            position = end;
        }
        return out.toString();
    }

    /** Returns how much of a path is steps that lead nowhere, as there is nothing before them. */
    private static int startOfSegments(String path) {
        int position = 0;
        while (true) {
            if (path.startsWith("../", position)) {
                position += 3;
            } else if (path.startsWith("./", position)) {
                position += 2;
            } else {
                boolean isAllSteps =
                        isRange(path, position, path.length(), ".") || isRange(path, position, path.length(), "..");
                return isAllSteps ? path.length() : position;
            }
        }
    }

    private static boolean isRange(String path, int start, int end, String expected) {
        return end - start == expected.length() && path.startsWith(expected, start);
    }

    /** Section 5.3. */
    @Override
    public String toString() {
        return (scheme == null ? "" : scheme + ":")
                + (authority == null ? "" : "//" + authority)
                + path
                + (query == null ? "" : "?" + query)
                + (fragment == null ? "" : "#" + fragment);
    }
}
