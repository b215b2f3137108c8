// SPDX-License-Identifier: Apache-2.0
/*
 * JSSE as a peer: java Jsse.java CERTIFICATES. Reads commands, one a line, and answers each with one line:
 *   serve VERSION SUITE KEY ASK            "port N": echoes what comes, on each connection, until "stop N"
 *   stop N                                 "stopped"
 *   connect PORT VERSION SUITE KEY FILE AGAIN   sends the file and takes as much back: "same", or "failed WHY"
 * VERSION by JSSE's name. KEY: the name of a certificate, or "none". ASK: whether clients must have one. AGAIN: with the sessions
 * of the connection before. One process serves many: starting Java takes longer than most handshakes.
 */
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public final class Jsse {
    private static final char[] PASSWORD = "latchkey".toCharArray();
    private static final int CHUNK = 16384, TIMEOUT = 60000, PARTS = 4;
    private static final Map<Integer, SSLServerSocket> servers = new HashMap<>();
    private static Path certificates;
    private static SSLContext last; // with the sessions of the client

    public static void main(String[] arguments) throws Exception {
        // What JSSE forbids by itself is what is to be tried.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        Security.setProperty("jdk.tls.legacyAlgorithms", "");
        Security.setProperty("jdk.certpath.disabledAlgorithms", "");
        System.setProperty("jdk.tls.ephemeralDHKeySize", "2048");
        certificates = Path.of(arguments[0]);
        if (arguments.length > 1 && arguments[1].equals("list")) {
            for (String suite : SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                System.out.println(suite);
            return;
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String answer;
            try {
                answer = obey(line.split(" "));
            } catch (Exception exception) {
                answer = "failed " + exception.toString().replace('\n', ' ');
                exception.printStackTrace();
            }
            System.out.println(answer);
            System.out.flush();
        }
        System.exit(0);
    }

    private static String obey(String[] words) throws Exception {
        switch (words[0]) {
        case "serve":
            return "port " + serve(words[1], words[2], words[3], words[4].equals("true"));
        case "stop":
            servers.remove(Integer.valueOf(words[1])).close();
            return "stopped";
        case "connect":
            boolean again = words[6].equals("true");
            last = again ? last : context(words[4]);
            return connect(Integer.parseInt(words[1]), words[2], words[3], Path.of(words[5]));
        default:
            return "failed: there is no command " + words[0];
        }
    }

    private static SSLContext context(String key) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream file = new FileInputStream(certificates.resolve("ca.pem").toFile())) {
            trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManagerFactory keys = null;
        if (!key.equals("none")) {
            KeyStore own = KeyStore.getInstance("PKCS12");
            try (InputStream file = new FileInputStream(certificates.resolve(key + ".p12").toFile())) {
                own.load(file, PASSWORD);
            }
            keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, PASSWORD);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static int serve(String version, String suite, String key, boolean ask) throws Exception {
        SSLServerSocket listener = (SSLServerSocket) context(key).getServerSocketFactory().createServerSocket(
            0, 5, InetAddress.getLoopbackAddress());
        listener.setEnabledProtocols(new String[] {version});
        listener.setEnabledCipherSuites(new String[] {suite});
        listener.setNeedClientAuth(ask);
        servers.put(listener.getLocalPort(), listener);
        Thread thread = new Thread(() -> accept(listener));
        thread.setDaemon(true);
        thread.start();
        return listener.getLocalPort();
    }

    private static void accept(SSLServerSocket listener) {
        while (!listener.isClosed()) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.setSoTimeout(TIMEOUT);
                echo(socket);
            } catch (IOException exception) {
                if (!listener.isClosed())
                    exception.printStackTrace();
            }
        }
    }

    private static void echo(SSLSocket socket) throws IOException {
        byte[] chunk = new byte[CHUNK];
        InputStream input = socket.getInputStream();
        OutputStream output = socket.getOutputStream();
        for (int got = input.read(chunk); got >= 0; got = input.read(chunk))
            output.write(chunk, 0, got);
    }

    private static void talk(SSLSocket socket, byte[] page, byte[] back, int at, int length) throws Exception {
        Thread sender = new Thread(() -> {
            try {
                socket.getOutputStream().write(page, at, length);
            } catch (IOException exception) {
                exception.printStackTrace();
            }
        });
        sender.start();
        new DataInputStream(socket.getInputStream()).readFully(back, at, length);
        sender.join();
    }

    private static String connect(int port, String version, String suite, Path file) throws Exception {
        byte[] page = Files.readAllBytes(file), back = new byte[page.length];
        try (SSLSocket socket = (SSLSocket) last.getSocketFactory().createSocket("localhost", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setCipherSuites(new String[] {suite});
            if (!suite.contains("_anon_"))
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(TIMEOUT);
            socket.startHandshake();
            // Each part waits for the one before: so a handshake that the server asked for at first is over at the end.
            int part = page.length / PARTS + 1;
            for (int at = 0; at < page.length; at += part)
                talk(socket, page, back, at, Math.min(part, page.length - at));
        }
        return Arrays.equals(page, back) ? "same" : "failed: other bytes came back";
    }
}
