"""An ORM over SQLite: mapped classes, joins, reflection, events, errors."""
import sys

from sqlalchemy import ForeignKey, String, create_engine, event, func, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan")

    def __repr__(self):
        return f"Author({self.name!r})"


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


def fill(session):
    a = Author(name="Ursula", books=[Book(title="A", year=1969), Book(title="B", year=1974)])
    b = Author(name="Stanisław", books=[Book(title="C", year=None)])
    session.add_all([a, b])
    session.commit()


def main(url="sqlite://", what="query"):
    engine = create_engine(url, echo=what == "echo")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        fill(session)
        if what == "query":
            stmt = select(Author).options(selectinload(Author.books)).order_by(Author.name)
            for author in session.scalars(stmt):
                print(author, [(b.title, b.year) for b in author.books])
            count = func.count(Book.id).label("n")
            print(session.execute(select(Author.name, count).join(Book).group_by(Author.id).order_by(count)).all())
            print(select(Book).where(Book.year.between(1960, 1970) | Book.title.like("C%")))
            session.delete(session.get(Author, 1))
            session.flush()
            print(session.scalar(select(func.count()).select_from(Book)))
        elif what == "errors":
            session.add(Author(name="Ursula"))
            try:
                session.commit()
            except IntegrityError as e:
                print(e)
                session.rollback()
            try:
                session.execute(text("select * from nowhere"))
            except StatementError as e:
                print(type(e).__name__, str(e).splitlines()[0])
        elif what == "reflect":
            inspector = inspect(engine)
            for name in inspector.get_table_names():
                print(name, [(c["name"], str(c["type"])) for c in inspector.get_columns(name)])
                print(inspector.get_foreign_keys(name))
        elif what == "events":
            seen = []
            event.listen(engine, "before_cursor_execute", lambda c, cur, sql, p, ctx, many: seen.append(sql.split()[0]))
            session.add(Book(title="D", author=session.get(Author, 2)))
            session.commit()
            print(seen)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
