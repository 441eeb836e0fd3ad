package dev.asyncloop.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates, made by the JDK's {@code keytool} in a folder. */
final class Certificates {

    private static final char[] PASSWORD = "password".toCharArray();

    private final Path folder;

    Certificates(Path folder) {
        this.folder = folder;
    }

    /** Makes one for {@code localhost} and 127.0.0.1 that is valid now. */
    KeyStore forLocalhost(String name) throws IOException {
        return make(name, "one", "-validity", "2", "-ext", "SAN=dns:localhost,ip:127.0.0.1");
    }

    /** Makes one that an authority of its own has signed, with options of {@code keytool}. */
    KeyStore signed(String name, String... options) throws IOException {
        make(name, "ca", "-ext", "bc:c");
        List<String> more = new ArrayList<>(List.of("-signer", "ca"));
        Collections.addAll(more, options);
        KeyStore store = make(name, "one", more.toArray(String[]::new));
        try {
            Certificate authority = store.getCertificate("ca");
            store.deleteEntry("ca");
            store.setCertificateEntry("ca", authority);
        } catch (GeneralSecurityException ex) {
            throw new IOException(ex);
        }
        return store;
    }

    private KeyStore make(String name, String alias, String... options) throws IOException {
        Path file = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-dname",
                "CN=" + name,
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString()));
        Collections.addAll(command, options);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes());
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + said);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            return store;
        } catch (InterruptedException | GeneralSecurityException ex) {
            throw new IOException(ex);
        }
    }

    /** Writes certificate and key as other programs want them. */
    Pem pem(String name, KeyStore store) throws IOException, GeneralSecurityException {
        Key key = store.getKey("one", PASSWORD);
        Certificate certificate = store.getCertificate("one");
        Path keyFile = folder.resolve(name + ".key");
        Path certificateFile = folder.resolve(name + ".pem");
        Files.writeString(keyFile, block("PRIVATE KEY", key.getEncoded()));
        Files.writeString(certificateFile, block("CERTIFICATE", certificate.getEncoded()));
        return new Pem(certificateFile, keyFile);
    }

    private static String block(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    static TrustManagerFactory trusting(KeyStore... stores) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (int i = 0; i < stores.length; i++) {
            trusted.setCertificateEntry("trusted" + i, stores[i].getCertificate("one"));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        return factory;
    }

    static TrustManagerFactory trustingAuthorityOf(KeyStore store) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", store.getCertificate("ca"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        return factory;
    }

    static KeyManagerFactory keys(KeyStore store) throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, PASSWORD);
        return factory;
    }

    /** Returns what a server needs that has a certificate and trusts clients with another. */
    static SSLContext server(KeyStore own, KeyStore trusted) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(own).getKeyManagers(), trusting(trusted).getTrustManagers(), null);
        return context;
    }

    record Pem(Path certificate, Path key) {}
}
