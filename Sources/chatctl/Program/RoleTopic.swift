import ChatAPI
import Flags

/// `chatctl help roles`: written out of the table of roles itself, so that it cannot lie about them.
extension Topics {
    static var roles: Flags.Topic {
        Flags.Topic(
            "roles",
            "Which roles there are, where they are held, and what they may.",
            section: "roles",
            [
                .paragraph(
                    """
                    A role holds in a place and in everything inside. Nobody gives or takes what is not strictly junior to their own. \
                    Staff roles need a password of 16 characters or more; of an agency they hold once their person has accepted them.
                    """
                ),
                .definitions(
                    Role.words.filter { !$0.scopes.isEmpty }.map { role in
                        let places = Scope.Kind.words.filter(role.scopes.contains).map(\.rawValue)
                        let may = Capability.words.filter(role.capabilities.contains).map(\.rawValue)
                        return Definition(
                            role.rawValue,
                            "In: \(places.joined(separator: ", ")). May: \(may.joined(separator: ", "))."
                        )
                    }
                ),
            ]
        )
    }
}
