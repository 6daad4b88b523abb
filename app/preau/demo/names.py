"""Invented people's names, streets and towns; any likeness to a real family is chance."""

# Lists of names read better as running text.

from __future__ import annotations

from typing import Final

GIRLS: Final = tuple(
    "Léa Chloé Inès Zoé Manon Jade Louise Alice Lina Camille Sarah Anaïs Lucie Éléonore Maëlys Noémie "
    "Romane Juliette Agathe Clémence Aya Yasmine Fatou Mariam Salomé Héloïse Capucine Margaux Élise Apolline "
    "Ambre Rose Nour Assia Iris Victoire Adèle Solène Maïwenn Gaëlle Océane Charlotte Eva Lola".split()
)
BOYS: Final = tuple(
    "Gabriel Raphaël Louis Léo Jules Adam Lucas Hugo Maël Noé Ethan Arthur Paul Nathan Théo Tom Sacha Mohamed "
    "Ibrahim Yanis Rayan Ilyes Malo Gaspard Côme Timéo Enzo Antoine Clément Baptiste Maxence Loïc Erwan Joël "
    "Mathéo Aaron Oscar Marius Victor Augustin Kylian Elias Samuel Valentin".split()
)
MOTHERS: Final = tuple(
    "Sophie Isabelle Nathalie Céline Sandrine Émilie Aurélie Stéphanie Nadia Karine Laëtitia Delphine Virginie "
    "Fatima Aïcha Élodie Marion Claire Hélène Amandine Sonia Laure Mélanie Cécile Élisabeth Béatrice "
    "Christelle Samira Valérie Muriel Aminata Florence Pauline Julie".split()
)
FATHERS: Final = tuple(
    "Nicolas Julien Stéphane Laurent Christophe Olivier David Frédéric Sébastien Karim Jérôme Thomas Philippe "
    "Guillaume Benoît Vincent Rachid Mickaël François Arnaud Cédric Fabrice Emmanuel Ludovic Mamadou "
    "Grégory Yann Rémi Matthieu Alexandre Pierre Jean-Marc Damien Éric".split()
)
FAMILIES: Final = tuple(
    "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREL LAURENT SIMON MICHEL LEFEBVRE LEROY ROUX "
    "DAVID BERTRAND FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MULLER FAURE ANDRÉ MERCIER "
    "BLANC GUÉRIN BOYER GARNIER CHEVALIER FRANÇOIS LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLÉMENT MORIN NICOLAS "
    "HENRY ROUSSEL MATHIEU GAUTIER MASSON MARCHAND DUVAL DENIS DUMONT MARIE LEMAIRE NOËL MEYER DUFOUR MEUNIER "
    "BRUN BLANCHARD GIRAUD JOLY RIVIÈRE LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTÍNEZ RENARD SCHMITT "
    "ROY LEROUX COLIN VIDAL CARON PICARD ROGER FABRE AUBERT LEMOINE RENAUD DUMAS LACROIX OLIVIER PHILIPPE "
    "BOURGEOIS PIERRE BENOÎT REY LECLERC PAYET ROLLAND LECLERCQ GUILLAUME LECOMTE LOPEZ JEAN DUPUY GUILLOT "
    "HUBERT BERGER CARPENTIER SANCHEZ DUPUIS MOULIN LOUIS DESCHAMPS HUET VASSEUR PEREZ BOUCHER FLEURY ROYER "
    "KLEIN JACQUET ADAM PARIS POIRIER MARTY AUBRY GUYOT CARRÉ CHARLES RENAULT CHARPENTIER MÉNARD MAILLARD "
    "BARON BERTIN BAILLY HERVÉ SCHNEIDER FERNANDEZ COLLET LÉGER BOUVIER JULIEN PRÉVOST MILLET PERROT "
    "DANIEL COUSIN GERMAIN BRETON BESSON LANGLOIS RÉMY PELLETIER LEVEQUE PERRIER LEBLANC BARRE LEBRUN MARCHAL "
    "WEBER MALLET HAMON BOULANGER JACOB MONNIER MICHAUD RODRIGUEZ GUICHARD GILLET ÉTIENNE GRONDIN POULAIN "
    "TESSIER CHEVALLIER COLLIN CHAUVIN BOUCHET GAY LEMAÎTRE BÉNARD MARÉCHAL HUMBERT REYNAUD ANTOINE HOARAU "
    "PERRET BARTHÉLEMY CORDIER PICHON LEJEUNE GILBERT LAMY DELAUNAY PASQUIER CARLIER LAPORTE DIALLO TRAORÉ "
    "NGUYEN BENALI HADDAD KACI OULD-ALI COULIBALY D'ANGELO LE-GALL DE-SOUSA FERREIRA N'DIAYE".split()
)
STREETS: Final = (
    "rue des Lilas", "avenue Jean-Jaurès", "rue de l’Église", "place de la Fontaine", "chemin des Écoliers",
    "rue Blaise-Pascal", "boulevard Lafayette", "impasse du Moulin", "rue du Puy-de-Dôme", "allée des Tilleuls",
    "rue Victor-Hugo", "rue du 11-Novembre", "route de Volvic", "rue des Charmes", "quai de la Tiretaine",
)  # fmt: skip
TOWNS: Final = {
    "ville": (("63100", "CLERMONT FERRAND"), ("63400", "CHAMALIERES"), ("63118", "CEBAZAT")),
    "sioule": (("63230", "SAINT OURS"), ("63230", "PONTGIBAUD"), ("63230", "BROMONT LAMOTHE")),
}
